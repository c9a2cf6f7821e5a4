"""How many texts are longer than what a model sees of them."""

import keras
import numpy as np


def cut_texts(preprocessor, texts):
    """Counts texts whose end a preprocessor cuts off.

    Args:
        preprocessor: A KerasHub preprocessor with a `tokenizer` and a `sequence_length`, a
            `keras.layers.TextVectorization`, or any function.
        texts: A list of str.

    Returns:
        A whole number; None where it cannot be known, as of a function.

    Example:

    ```python
    from keras_distill.predictors.cut_texts import cut_texts

    vectorize = keras.layers.TextVectorization(output_sequence_length=3, vocabulary=["good"])
    assert cut_texts(vectorize, ["a good film", "a very good film", ""]) == 1
    ```
    """
    if not texts:
        return 0
    layer = getattr(preprocessor, "layer", preprocessor)
    if isinstance(layer, keras.layers.TextVectorization):
        return _of_vectorization(layer, texts)
    tokenizer = getattr(preprocessor, "tokenizer", None)
    longest = getattr(preprocessor, "sequence_length", None)
    if tokenizer is None or not longest:
        return None
    around = getattr(preprocessor, "around", None)
    if around is None:
        made = preprocessor([""])
        if not isinstance(made, dict) or "padding_mask" not in made:
            return None
        # What stands around every text: its start and its end.
        around = int(np.asarray(keras.ops.convert_to_numpy(made["padding_mask"])).sum())
    return sum(len(ids) + around > longest for ids in _listed(tokenizer(texts)))


def _of_vectorization(layer, texts):
    config = layer.get_config()
    longest = config["output_sequence_length"]
    if config["output_mode"] != "int":
        return None
    if longest is None:
        return 0
    # As it splits, without an end; every word is unknown, and so none of them is 0.
    twin = keras.layers.TextVectorization(
        standardize=config["standardize"],
        split=config["split"],
        ngrams=config["ngrams"],
        vocabulary=["[nothing]"],
    )
    ids = keras.ops.convert_to_numpy(twin(texts))
    return int((np.count_nonzero(ids, axis=-1) > longest).sum())


def _listed(ragged):
    """Ids of each text: a ragged tensor, or lists."""
    return ragged.to_list() if hasattr(ragged, "to_list") else ragged
