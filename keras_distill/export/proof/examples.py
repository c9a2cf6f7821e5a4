"""The inputs that an artefact is calibrated and compared on."""

import numpy as np

_EXPECTED = (
    "Give an array (n, …) or a tf.data.Dataset of batches, in the form that the model is fed."
)


def collect(data, inputs, limit, what):
    """Examples from what a model is fed, checked, and their labels where these come along.

    Args:
        data: An array `(n, …)`; for several inputs a dict of arrays by their keys, or a list or
            tuple of arrays in their order; or an iterable of batches of any of these, such as a
            `tf.data.Dataset`, each alone or as `(x, y)`.
        inputs: The inputs, each with `name`, `key`, `shape` (of one example, None for any
            length) and `dtype`.
        limit: How many to take at most: of arrays evenly spread, so that sorted ones are no
            harm; of batches the first.
        what: The argument's name, for errors.

    Returns:
        `({name: array}, labels)`. Arrays are float32, or whole numbers where the input takes
        those; labels are an array or None.

    Raises:
        ValueError: If there is nothing in it, or it has another shape, or is not finite.
    """
    if _is_arrays(data, inputs):
        parts, labels = _flat(data, inputs, what), None
        count = min(len(part) for part in parts)
        if count > limit:
            rows = evenly(count, limit)
            parts = [np.asarray(part)[rows] for part in parts]
    else:
        parts, labels = _from_batches(data, inputs, limit, what)
    parts = [_checked(np.asarray(p), i, inputs, what) for p, i in zip(parts, inputs, strict=True)]
    lengths = {len(part) for part in parts}
    if len(lengths) > 1:
        raise ValueError(
            f"`{what}` has {' and '.join(str(n) for n in sorted(lengths))} examples for its "
            "inputs. Give every input as many."
        )
    return {end.name: part for end, part in zip(inputs, parts, strict=True)}, labels


def evenly(count, limit):
    """The numbers of at most `limit` of `count` rows, evenly spread."""
    return np.linspace(0, count - 1, limit).astype(int) if count > limit else np.arange(count)


def _is_arrays(data, inputs):
    if hasattr(data, "shape") or isinstance(data, dict):
        return True
    several = isinstance(data, (list, tuple)) and len(data) == len(inputs) > 1
    return several and all(hasattr(part, "shape") for part in data)


def _from_batches(data, inputs, limit, what):
    batches, labels, count = [], [], 0
    for batch in data:
        x, y = _split(batch, inputs)
        parts = [np.asarray(part) for part in _flat(x, inputs, what)]
        batches.append(parts)
        labels.append(y)
        count += len(parts[0]) if parts[0].ndim else 0
        if count >= limit or not parts[0].ndim:
            break
    if not count:
        return [np.zeros(0)] * len(inputs), None
    known = not any(y is None or isinstance(y, (dict, list, tuple)) for y in labels)
    labels = np.concatenate([np.asarray(y) for y in labels])[:limit] if known else None
    return [np.concatenate(parts)[:limit] for parts in zip(*batches, strict=True)], labels


def _split(batch, inputs):
    """A batch's x and y. A tuple is `(x, y)`, as in Keras, unless it holds just the inputs."""
    if not isinstance(batch, (tuple, list)):
        return batch, None
    nested = isinstance(batch[0], (tuple, list, dict))
    if len(inputs) > 1 and not nested and len(batch) == len(inputs):
        return batch, None
    return batch[0], batch[1] if len(batch) > 1 else None


def _flat(data, inputs, what):
    """The arrays, in the order of the inputs."""
    keys = [end.key for end in inputs]
    if isinstance(data, dict):
        names = {key: key for key in keys} | {end.name: end.key for end in inputs}
        found = {names[key]: value for key, value in data.items() if key in names}
        if set(found) == set(keys):
            return [found[key] for key in keys]
        received = ", ".join(repr(key) for key in data)
    elif len(inputs) == 1 and not isinstance(data, (list, tuple)):
        return [data]
    elif isinstance(data, (list, tuple)) and len(data) == len(inputs):
        return list(data)
    else:
        received = f"{len(data)} arrays" if isinstance(data, (list, tuple)) else "one array"
    raise ValueError(
        f"`{what}` has {received}, but the model takes {', '.join(repr(key) for key in keys)}. "
        "Give a dict of arrays by these names, or a list of them in this order."
    )


def _checked(examples, end, inputs, what):
    called = "" if len(inputs) == 1 else f" for the input {end.key!r}"
    if not examples.size:
        raise ValueError(
            f"`{what}` is empty{called}. Expected at least one example of shape {end.shape}: give "
            "some of the training images."
        )
    fits = len(examples.shape) == 1 + len(end.shape) and all(
        wanted in (None, received)
        for wanted, received in zip(end.shape, examples.shape[1:], strict=True)
    )
    if not fits:
        raise ValueError(
            f"`{what}` has examples of shape {examples.shape[1:]}{called}, but the model takes "
            f"{end.shape}. {_EXPECTED}"
        )
    if examples.dtype.kind == "f" and not np.isfinite(examples).all():
        raise ValueError(
            f"`{what}` holds values that are not finite{called}. Expected images as the model is "
            "fed: remove the examples with NaN or infinity."
        )
    return examples.astype(end.dtype if np.dtype(end.dtype).kind in "iub" else "float32")


def generate(shape, low, high, count=64, seed=0):
    """Examples where none are given: waves for images, noise for all else.

    Each image is a few plane waves, stretched to the whole range, so that the first
    layers see edges and areas of every brightness. The same call gives the same examples.
    """
    rng = np.random.default_rng(seed)
    if len(shape) != 3:
        return rng.uniform(low, high, (count, *shape)).astype("float32")
    height, width, channels = shape
    rows = np.linspace(0, 1, height)[:, None, None]
    columns = np.linspace(0, 1, width)[None, :, None]
    images = np.zeros((count, *shape))
    for image in images:
        for _ in range(4):
            row, column = rng.uniform(-6, 6, 2)
            phase = rng.uniform(0, 2 * np.pi, channels)
            image += rng.uniform() * np.cos(2 * np.pi * (row * rows + column * columns) + phase)
    images -= images.min(axis=(1, 2, 3), keepdims=True)
    images /= np.maximum(images.max(axis=(1, 2, 3), keepdims=True), 1e-9)
    return (low + images * (high - low)).astype("float32")
