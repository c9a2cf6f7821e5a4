"""The inputs that an artefact is calibrated and compared on."""

import numpy as np


def collect(data, shape, limit, what):
    """The first examples of an array or a tf.data.Dataset, checked.

    Args:
        data: Array `(n, …)`, or an iterable of batches: images, or tuples that start with
            images.
        shape: Shape of one example.
        limit: How many to take at most.
        what: The argument's name, for errors.

    Returns:
        Float32 array.

    Raises:
        ValueError: If there is nothing in it, or it has another shape, or is not finite.
    """
    if hasattr(data, "shape"):
        examples = np.asarray(data[:limit], "float32")
    else:
        batches, count = [], 0
        for batch in data:
            images = np.asarray(batch[0] if isinstance(batch, (tuple, list)) else batch)
            batches.append(images)
            count += len(images) if images.ndim else 0
            if count >= limit or not images.ndim:
                break
        examples = np.concatenate(batches)[:limit].astype("float32") if count else np.zeros(0)
    if not examples.size:
        raise ValueError(
            f"`{what}` is empty. Expected at least one example of shape {shape}: give some of "
            "the training images."
        )
    if examples.shape[1:] != shape:
        raise ValueError(
            f"`{what}` has examples of shape {examples.shape[1:]}, but the model takes {shape}. "
            "Give an array (n, …) or a tf.data.Dataset of batches, in the form that the model "
            "is fed."
        )
    if not np.isfinite(examples).all():
        raise ValueError(
            f"`{what}` holds values that are not finite. Expected images as the model is fed: "
            "remove the examples with NaN or infinity."
        )
    return examples


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
