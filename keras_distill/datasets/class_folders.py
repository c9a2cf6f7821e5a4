"""Folders of pictures, one sub-folder a class."""

import pathlib

import numpy as np

from keras_distill.datasets.resized import resized

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")
SPLITS = {"train": "train", "validation": "validation", "val": "validation", "test": "test"}


def read_class_folders(folder, image_size=None):
    """{"train": (images uint8, labels), …} and class names in sorted order.

    `folder` holds one folder a class, or `train/`, `test/` (and `validation/`) that do.
    """
    folder = pathlib.Path(folder)
    parts = {SPLITS[p.name]: p for p in sorted(folder.iterdir()) if p.name in SPLITS}
    if "train" not in parts:
        parts = {"all": folder}
    names = sorted(p.name for p in parts.get("train", folder).iterdir() if p.is_dir())
    found = {}
    for split, part in parts.items():
        others = sorted(p.name for p in part.iterdir() if p.is_dir() and p.name not in names)
        if others:
            raise ValueError(
                f"Expected the classes of '{parts['train'].name}' ({', '.join(names)}) in "
                f"'{part.name}' too. Received: a folder '{others[0]}'. Rename or remove it."
            )
        found[split] = [
            (path, label)
            for label, name in enumerate(names)
            for path in sorted((part / name).glob("*"))
            if path.suffix.lower() in SUFFIXES
        ]
    if not names or not any(found.values()):
        raise ValueError(
            "Expected a folder with one sub-folder of pictures (.png, .jpg, .bmp) for each class. "
            f"Received: '{folder.name}', which has {len(names)} sub-folders and no pictures."
        )
    channels = 3 if any(_decoded(p).shape[-1] > 1 for p, _ in _samples(found)) else 1
    return {s: _read(files, image_size, channels) for s, files in found.items()}, tuple(names)


def _samples(found):
    """A few pictures of each part: enough to tell grey folders from coloured ones."""
    return [file for files in found.values() for file in files[:: max(1, len(files) // 20)]]


def _decoded(path):
    import tensorflow as tf

    try:
        return tf.io.decode_image(path.read_bytes(), expand_animations=False)
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(
            f"Expected a picture. Received: '{path.parent.name}/{path.name}', which cannot be "
            "decoded. Replace or remove the file."
        ) from error


def _read(files, image_size, channels):
    import tensorflow as tf

    images = []
    for path, _ in files:
        image = _decoded(path)
        image = image[..., :1] if image.shape[-1] == 2 else image[..., :3]
        if image.shape[-1] != channels:
            to = tf.image.grayscale_to_rgb if channels == 3 else tf.image.rgb_to_grayscale
            image = to(image)
        images.append(np.asarray(resized(image, image_size)))
        if images[-1].shape != images[0].shape:
            raise ValueError(
                "Expected pictures of one size, or `image_size=(height, width)` to bring them to. "
                f"Received: {images[0].shape[:2]} ('{files[0][0].name}') and "
                f"{images[-1].shape[:2]} ('{path.name}')."
            )
    labels = np.array([label for _, label in files], np.int32)
    return np.stack(images) if images else np.zeros((0, 1, 1, channels), np.uint8), labels
