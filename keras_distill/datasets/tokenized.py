"""From texts to what each model is fed, once."""

import dataclasses

import keras
import numpy as np

from keras_distill.datasets.splits import Splits
from keras_distill.datasets.token_arrays import token_arrays
from keras_distill.datasets.truncation import Truncation


def tokenized(data, preprocessor=None, *, verbose=True, **preprocessors):
    """Turns texts into what models are fed: once, and for each model in its own way.

    Teacher and student may have different tokenizers. What they make is kept in memory
    (whole numbers as int32), not made again in every epoch. Order and determinism stay those
    of `data`: its `.epoch` and `.numbered` are handed on. Texts that are longer than a model
    takes are counted and reported: `.truncation`, and one printed sentence for each model.

    Args:
        data: A `Splits` of texts, of which all three sets are tokenized alike, or a
            `tf.data.Dataset` of batches `(texts, …)`, texts being strings `(batch,)`: the
            same texts in each pass, in any order.
        preprocessor: What makes a model's input out of texts: a KerasHub preprocessor (of a
            task, `.preprocessor`), a `keras.layers.TextVectorization`, another Keras layer
            that runs inside tf.data, or a function, which is given lists of str and returns
            an array `(texts, …)` or a dict of arrays. Id 0 is padding.
        verbose: Whether to print what was cut. Defaults to `True`.
        **preprocessors: The same by name, for several models, instead of `preprocessor`.

    Returns:
        A data set of `(tokens, …)`, or of `({name: tokens}, …)` for named preprocessors, with
        `.truncation`: a `Truncation`, or `{name: Truncation}`; a `Splits` of such sets for a
        `Splits`, whose `.truncation` counts all three together.

    Raises:
        ValueError: The data are not batches of texts, or without end; no preprocessor, or
            one that does not make an array or a dict of arrays with a row for each text.

    Example:

    ```python
    data = kd.datasets.load("grammar_reviews", batch_size=50)
    words = keras.layers.TextVectorization(output_sequence_length=24)
    words.adapt(data.train.map(lambda texts, labels: texts))
    letters = keras.layers.TextVectorization(split="character", output_sequence_length=80)
    letters.adapt(data.train.map(lambda texts, labels: texts))
    both = kd.datasets.tokenized(data, teacher=words, student=letters)
    tokens, labels = next(iter(both.train))
    assert tokens["teacher"].shape == (50, 24) and tokens["student"].shape == (50, 80)
    print(both.truncation["student"])

    def bag(length):
        layers = [keras.Input((length,)), keras.layers.Embedding(3000, 8)]
        return keras.Sequential(
            [*layers, keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(2)]
        )

    distiller = kd.Distiller(
        bag(24), bag(80), teacher_inputs="teacher", student_inputs="student"
    )
    distiller.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    distiller.fit(both.train.take(2), verbose=0)
    ```
    """
    if (preprocessor is None) == (not preprocessors):
        given = "both" if preprocessors else "neither"
        raise ValueError(
            "Expected one preprocessor, or preprocessors by name (teacher=..., student=...). "
            f"Received: {given}."
        )
    made_by = preprocessors or {"preprocessor": preprocessor}
    sets = {"": data}
    if isinstance(data, Splits):
        sets = {"train": data.train, "validation": data.validation, "test": data.test}
    texts = {key: _texts(each) for key, each in sets.items()}
    # The same text is the same tokens: each is looked up by what it says.
    unique, rows = np.unique(np.concatenate(list(texts.values())), return_inverse=True)
    arrays, lengths, kept = {}, {}, {}
    for name, each in made_by.items():
        arrays[name], lengths[name], kept[name] = token_arrays(unique, each, name)

    def named(values):
        return values if preprocessors else values["preprocessor"]

    def truncation(mine):
        return named({n: _truncation(unique, mine, lengths[n], kept[n]) for n in made_by})

    look_up = _look_up(unique, named(arrays))
    made, start = {}, 0
    for key, each in sets.items():
        made[key] = _with_tokens(each, look_up)
        made[key].truncation = truncation(rows[start : start + len(texts[key])])
        start += len(texts[key])
    whole = truncation(rows)
    if verbose:
        for name, cut in (whole if preprocessors else {"Texts": whole}).items():
            if cut.truncated is not None or cut.empty:
                print(f"{name}: {cut}")
    if not isinstance(data, Splits):
        return made[""]
    shape = keras.tree.map_structure(lambda array: tuple(array.shape[1:]), named(arrays))
    return dataclasses.replace(data, **made, input_shape=shape, truncation=whole)


def _texts(dataset):
    """All texts of one pass, bytes; the pass is not counted."""
    import tensorflow as tf

    spec = getattr(dataset, "element_spec", None)
    first = spec[0] if isinstance(spec, tuple) else spec
    if not isinstance(first, tf.TensorSpec) or first.dtype != tf.string or first.shape.rank != 1:
        raise ValueError(
            "Expected a Splits or a tf.data.Dataset of batches of texts, strings `(batch,)`. "
            f"Received: {type(dataset).__name__ if spec is None else first}. Load texts with "
            "kd.datasets.load, or batch them."
        )
    if dataset.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise ValueError(
            "Expected texts that come to an end. Received: a data set that repeats for ever. Call "
            "`repeat` afterwards."
        )
    before = dataset.epoch.numpy() if hasattr(dataset, "epoch") else None
    texts = [(batch[0] if isinstance(batch, tuple) else batch).numpy() for batch in dataset]
    if before is not None:
        dataset.epoch.assign(before)
    if not texts:
        raise ValueError("Expected at least one batch of texts. Received: an empty data set.")
    return np.concatenate(texts)


def _truncation(texts, rows, lengths, kept):
    empty = sum(not texts[row].strip() for row in rows)
    if lengths is None:
        return Truncation(len(rows), None, None, None, None, int(empty))
    counts, special = lengths
    mine = counts[rows]
    over = np.zeros_like(mine) if kept is None else np.maximum(mine + special - kept, 0)
    return Truncation(
        len(rows), kept, int((over > 0).sum()), int(mine.sum()), int(over.sum()), int(empty)
    )


def _look_up(texts, arrays):
    """A function from batches of texts to the rows of the arrays."""
    import tensorflow as tf

    keys = tf.constant(texts, tf.string)
    values = tf.range(len(texts), dtype=tf.int64)
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), -1)
    arrays = keras.tree.map_structure(tf.constant, arrays)

    def look_up(batch):
        rows = table.lookup(batch)
        known = tf.debugging.assert_non_negative(
            rows,
            "A text is not one of those that were tokenized. Received: a data set whose texts "
            "change from pass to pass. Tokenize it inside `map` instead.",
        )
        with tf.control_dependencies([known]):
            rows = tf.identity(rows)
        return keras.tree.map_structure(lambda array: tf.gather(array, rows), arrays)

    return look_up


def _with_tokens(dataset, look_up):
    import tensorflow as tf

    if isinstance(dataset.element_spec, tuple):
        made = dataset.map(lambda texts, *others: (look_up(texts), *others))
    else:
        made = dataset.map(look_up)
    made = made.prefetch(tf.data.AUTOTUNE)
    if hasattr(dataset, "numbered"):
        made.numbered = dataset.numbered.map(
            lambda ids, texts, *others: (ids, look_up(texts), *others)
        )
    if hasattr(dataset, "epoch"):
        made.epoch = dataset.epoch
    return made
