"""One verb for data: embedded, prepared by TFDS, or a folder of pictures."""

import pathlib

import numpy as np

from keras_distill.datasets import batches
from keras_distill.datasets.class_folders import read_class_folders
from keras_distill.datasets.cut import cut
from keras_distill.datasets.embedded_data import EMBEDDED, read_embedded
from keras_distill.datasets.idx_folder import is_idx_folder, read_idx_folder
from keras_distill.datasets.resized import resized
from keras_distill.datasets.splits import Splits
from keras_distill.datasets.tfds_source import read_tfds

# Of the training set, where there is no validation set; of all, where there is no test set.
SHARE = 1 / 6


def load(
    name="fashion_mnist", batch_size=128, *, data_dir=None, image_size=None, augment=None, seed=0
):
    """Loads images and labels, always in three splits and one convention.

    Images come as float32 in [0, 1], `(batch, height, width, channels)`, labels as
    int32. Nothing is downloaded. All images are kept in memory as bytes.

    Args:
        name: `"fashion_mnist"` (12,000 + 2,000 real images inside the package); the name
            of a TFDS image classification set that was prepared in `data_dir`; a folder
            of IDX files; or a folder with one sub-folder of pictures a class (classes in
            sorted order), with or without `train/`, `test/` above them.
        batch_size: Examples a batch, at least 1. Defaults to 128.
        data_dir: Where TFDS prepared its sets. Defaults to TFDS's own folder; naming it
            asks for TFDS's `fashion_mnist` instead of the embedded part of it.
        image_size: `(height, width)` that pictures are brought to. Defaults to their
            own, which must then be one.
        augment: A Keras or KerasCV augmentation layer, applied to training batches. The
            draws of Keras layers are a function of (seed, epoch, batch); KerasCV's own
            layers draw from TensorFlow's global generator and cannot be repeated.
        seed: Of the training order and the augmentation. Which examples are held out
            does not depend on it. Defaults to 0.

    Returns:
        A `Splits`: unpacks as `train, validation, test`. Where the source has no
        validation set, a sixth of each class is cut from training; where it has no test
        set either, a sixth of each class is cut for that first.

    Raises:
        ValueError: Nothing of that name, nothing in it, pictures of several sizes.

    Example:

    ```python
    train, validation, test = kd.datasets.load("fashion_mnist", batch_size=64)
    images, labels = next(iter(train))
    assert images.shape == (64, 28, 28, 1) and float(np.max(images)) <= 1.0
    ```
    """
    if batch_size < 1:
        raise ValueError(f"`batch_size` must be at least 1. Received: batch_size={batch_size}.")
    parts, class_names = _read(name, data_dir, image_size)
    parts = {k: (resized(x, image_size), y) for k, (x, y) in _three(parts).items()}
    for split, (images, labels) in parts.items():
        if len(labels) == 0:
            raise ValueError(
                f"Expected at least one example in each split. Received: '{_short(name)}' with "
                f"none for {split}."
            )
        if len(images) != len(labels) or labels.min() < 0 or labels.max() >= len(class_names):
            raise ValueError(
                f"Expected labels from 0 to {len(class_names) - 1}. Received: labels from "
                f"{labels.min()} to {labels.max()} in the {split} split of '{_short(name)}'."
            )
    train = batches.shuffled(*parts["train"], batch_size, augment, seed)
    return Splits(
        train,
        batches.in_order(*parts["validation"], batch_size),
        batches.in_order(*parts["test"], batch_size),
        _short(name),
        class_names,
        tuple(parts["train"][0].shape[1:]),
        {split: len(labels) for split, (_, labels) in parts.items()},
    )


def _read(name, data_dir, image_size):
    name = str(name)
    if name in EMBEDDED and data_dir is None:
        return read_embedded(name)
    if pathlib.Path(name).is_dir():
        if is_idx_folder(name):
            return read_idx_folder(name)
        return read_class_folders(name, image_size)
    return read_tfds(name, data_dir, tuple(EMBEDDED), image_size)


def _three(parts):
    if "all" in parts:
        parts["train"], parts["test"] = _cut(*parts.pop("all"))
    if "test" not in parts:
        # A validation set is no test set: it is what choices are made on.
        parts["train"], parts["test"] = _cut(*parts["train"])
    if "validation" not in parts:
        parts["train"], parts["validation"] = _cut(*parts["train"])
    return {split: parts[split] for split in ("train", "validation", "test")}


def _cut(images, labels):
    stay, go = cut(np.asarray(labels), SHARE)
    return (images[stay], labels[stay]), (images[go], labels[go])


def _short(name):
    return pathlib.Path(str(name)).name if pathlib.Path(str(name)).is_dir() else str(name)
