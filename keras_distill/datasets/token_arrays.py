"""Runs a preprocessor over texts, once, and finds out what it cut off."""

import keras
import numpy as np

BATCH = 256


def token_arrays(texts, preprocessor, name):
    """`(what the model is fed, (lengths, special), sequence_length)` for all texts.

    Args:
        texts: Object array `(n,)` of bytes in UTF-8.
        preprocessor: A Keras layer, which runs inside tf.data, or a function, which is given
            lists of str.
        name: What to call it in sentences.

    Returns:
        A structure of arrays `(n, …)`, whole numbers as int32; how many tokens each text has
        before anything is cut, int64 `(n,)`, and how many special ones come to them, or
        `None` where that cannot be known; the length they were brought to, or `None`.
    """
    if not callable(preprocessor):
        raise ValueError(
            f"Expected {name} to be a preprocessor: a KerasHub preprocessor, a TextVectorization "
            f"layer or a function of texts. Received: {preprocessor!r}."
        )
    if not isinstance(preprocessor, keras.layers.Layer):
        chunks = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        made = [preprocessor([text.decode() for text in chunk]) for chunk in chunks]
        return _joined(made, len(texts), name), None, None
    import tensorflow as tf

    count, special, sequence_length = _counter(preprocessor)

    def run(chunk):
        return preprocessor(chunk), chunk[:0] if count is None else count(chunk)

    # In a graph: KerasHub's tokenizers take ten times as long outside.
    data = tf.data.Dataset.from_tensor_slices(tf.constant(texts, tf.string)).batch(BATCH)
    made, lengths = zip(*data.map(run, num_parallel_calls=2, deterministic=True), strict=True)
    arrays = _joined(made, len(texts), name)
    if count is None:
        return arrays, None, None
    return arrays, (np.concatenate(lengths), special), sequence_length


def _counter(preprocessor):
    """`(texts → numbers of tokens, special tokens of each text, length that is kept)`."""
    import tensorflow as tf

    if isinstance(preprocessor, keras.layers.TextVectorization):
        config = preprocessor.get_config()
        if config["output_mode"] == "int":
            # Whatever the words: an unknown one is a token too.
            whole = {"output_sequence_length": None, "max_tokens": None, "vocabulary": ["a"]}
            copy = keras.layers.TextVectorization.from_config({**config, **whole, "ragged": False})
            return (
                lambda texts: tf.math.count_nonzero(copy(texts), axis=1),
                0,
                config["output_sequence_length"],
            )
    tokenizer = getattr(preprocessor, "tokenizer", None)
    if hasattr(preprocessor, "sequence_length") and hasattr(tokenizer, "vocabulary_size"):
        if tokenizer.sequence_length is None:
            mask = keras.ops.convert_to_numpy(preprocessor([""])["padding_mask"])
            return (
                lambda texts: tf.cast(tokenizer(texts).row_lengths(), tf.int64),
                int(mask.sum()),
                preprocessor.sequence_length,
            )
    return None, 0, None


def _joined(parts, number, name):
    """One structure of NumPy arrays out of those of the chunks, 0 where some are shorter."""
    if isinstance(parts[0], tuple):
        raise ValueError(
            f"Expected {name} to make of texts what a model is fed: an array, or a dict of arrays. "
            f"Received: a tuple of {len(parts[0])}. Use a preprocessor that returns no labels."
        )
    if isinstance(parts[0], list):
        parts = [np.array(part) for part in parts]
    made = keras.tree.map_structure(lambda *leaves: _one_array(leaves), *parts)
    for leaf in keras.tree.flatten(made):
        if leaf.ndim == 0 or len(leaf) != number:
            raise ValueError(
                f"Expected {name} to make one row of each text. Received: an array of shape "
                f"{leaf.shape} for {number} texts. Return arrays `(texts, …)`."
            )
    return made


def _one_array(leaves):
    leaves = [_numpy(leaf) for leaf in leaves]
    if leaves[0].ndim > 1:
        longest = max(leaf.shape[1] for leaf in leaves)
        rest = [(0, 0)] * (leaves[0].ndim - 2)
        leaves = [np.pad(leaf, [(0, 0), (0, longest - leaf.shape[1]), *rest]) for leaf in leaves]
    made = np.concatenate(leaves) if leaves[0].ndim else np.array(leaves)
    if made.dtype.kind in "iu":
        return made.astype("int32")
    return made.astype("float32") if made.dtype == "float64" else made


def _numpy(leaf):
    leaf = leaf.to_tensor() if hasattr(leaf, "to_tensor") else leaf
    return np.asarray(leaf) if not hasattr(leaf, "detach") else leaf.detach().cpu().numpy()
