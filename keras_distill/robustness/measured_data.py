"""The images and labels that models are measured on."""

import numpy as np


def measured_data(data):
    """Images float32 (n, H, W, C) in [0, 1] and labels (n,) of arrays or a tf.data set."""
    images, labels = _arrays(data)
    if labels is None:
        raise ValueError(
            "The data have no labels. Robustness is measured against labels: give a tuple "
            "(images, labels) or a tf.data set of such pairs."
        )
    if not len(images):
        raise ValueError("The data set is empty. Give at least one image with its label.")
    if images.ndim != 4:
        raise ValueError(
            f"Expected images of shape (n, height, width, channels). Received: {images.shape}."
        )
    labels = np.asarray(labels)
    if labels.shape == (len(images), 1):
        labels = labels[:, 0]
    if labels.shape != (len(images),) or not np.array_equal(labels, labels.astype("int64")):
        raise ValueError(
            f"Expected one integer label per image, shape ({len(images)},). Received: shape "
            f"{labels.shape}, dtype {labels.dtype}. Turn one-hot labels into numbers by argmax."
        )
    if images.dtype == np.uint8:
        return images.astype("float32") / 255.0, labels.astype("int64")
    images = images.astype("float32")
    low, high = float(images.min()), float(images.max())
    # Written so that NaN, which compares false with everything, is refused too.
    if not (low >= 0.0 and high <= 1.0):
        raise ValueError(
            f"Expected float images in [0, 1]. Received: values from {low:g} to {high:g}. Scale "
            "them, or give uint8 images; corruptions are defined on pictures, not on normalised "
            "inputs."
        )
    return images, labels.astype("int64")


def _arrays(data):
    # [images, labels] is meant as (images, labels), not as two batches without labels.
    if isinstance(data, list) and len(data) == 2 and all(hasattr(x, "dtype") for x in data):
        data = tuple(data)
    if isinstance(data, tuple):
        if len(data) < 2 or data[1] is None:
            return np.asarray(data[0]), None
        return np.asarray(data[0]), np.asarray(data[1])
    if isinstance(data, np.ndarray):
        return data, None
    images, labels = [], []
    for batch in data:
        if not isinstance(batch, tuple | list) or len(batch) < 2:
            return np.asarray(batch), None
        images.append(np.asarray(batch[0]))
        labels.append(np.asarray(batch[1]))
    if not images:
        return np.empty((0, 0, 0, 0)), np.empty((0,))
    return np.concatenate(images), np.concatenate(labels)
