"""Examples for an export, in the form that a user has them."""

import numpy as np

from keras_distill.export.proof.examples import collect, evenly
from keras_distill.predictors.named_inputs import named_inputs


def collected(model, ends, data, limit, what, preprocessor=None):
    """Examples as the model is fed; texts become ids by a preprocessor.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`.
        data: None; or as in `collect`; or texts: a list or an array of them, or a
            `tf.data.Dataset` of batches of texts, alone or as `(x, y)`.
        limit: How many to take at most.
        what: The argument's name, for errors.
        preprocessor: What makes numbers of texts. Defaults to the model's own.

    Returns:
        `({name: array}, labels, texts)`, each None where there is none.

    Raises:
        ValueError: The data do not fit the model, or it has no preprocessor for texts.
    """
    if data is None:
        return None, None, None
    found, labels = _texts(data, limit)
    if found is None:
        return *collect(data, ends.inputs, limit, what), None
    preprocessor = getattr(model, "preprocessor", None) if preprocessor is None else preprocessor
    if preprocessor is None:
        names = ", ".join(repr(end.key) for end in ends.inputs)
        raise ValueError(
            f"`{what}` holds texts, but the model {model.name!r} has no `preprocessor` that makes "
            f"numbers of them. Give `preprocessor`, or what the model takes ({names}), or a "
            "KerasHub task with its preprocessor."
        )
    features = named_inputs(preprocessor(found), [end.key for end in ends.inputs])
    examples, _ = collect(features, ends.inputs, limit, what)
    return examples, labels, found


def empty_text(model, ends, tokenization):
    """{name: ids of no text at all}, which tell how long sequences are; None if they do not.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`.
        tokenization: A `Tokenization`, or None.
    """
    if tokenization is None or not tokenization.described.get("sequence_length"):
        return None
    return collected(model, ends, [""], 1, "samples", tokenization.preprocessor)[0]


def _texts(data, limit):
    """`(texts, labels)`; `(None, None)` if these are no texts."""
    if isinstance(data, (list, tuple)) or hasattr(data, "shape"):
        values = [data[row] for row in evenly(len(data), limit)] if _are_texts(data) else None
        return (None if values is None else _strings(values)), None
    first = getattr(data, "element_spec", None)
    first = first[0] if isinstance(first, tuple) else first
    if getattr(getattr(first, "dtype", None), "name", "") != "string":
        return None, None
    found, labels = [], []
    for batch in data.as_numpy_iterator():
        x, y = batch[:2] if isinstance(batch, tuple) else (batch, None)
        found.extend(np.ravel(x))
        labels.append(y)
        if len(found) >= limit:
            break
    known = labels and not any(y is None or isinstance(y, (dict, tuple)) for y in labels)
    return _strings(found[:limit]), np.concatenate(labels)[:limit] if known else None


def _are_texts(data):
    name = getattr(getattr(data, "dtype", None), "name", "object")
    if name != "object":
        return name.startswith(("str", "bytes"))
    # An array of objects tells its kind by what is in it, as a list does.
    return len(data) > 0 and all(isinstance(one, (str, bytes)) for one in data)


def _strings(values):
    plain = (getattr(value, "numpy", lambda value=value: value)() for value in values)
    return [one.decode() if isinstance(one, bytes) else str(one) for one in plain]
