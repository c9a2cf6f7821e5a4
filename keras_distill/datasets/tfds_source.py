"""Image classification sets that TensorFlow Datasets prepared, read without a network."""

import difflib
import pathlib

import numpy as np

from keras_distill.datasets.resized import resized


def read_tfds(name, data_dir, embedded=(), image_size=None):
    """{"train": (images uint8, labels), …} and class names of a prepared TFDS set.

    Reads the prepared folder itself, so that a missing one is an error in seconds;
    `tfds.load` would look for it on the network first.
    """
    root = pathlib.Path(data_dir or "~/tensorflow_datasets").expanduser()
    infos = sorted((root / name).rglob("dataset_info.json")) if root.is_dir() else []
    if not infos:
        prepared = sorted(
            str(p.parent.parent.relative_to(root)) for p in root.rglob("dataset_info.json")
        )
        near = difflib.get_close_matches(name, dict.fromkeys([*embedded, *prepared]), n=3)
        hint = f" Did you mean: {', '.join(near)}?" if near else ""
        raise ValueError(
            f"Expected a folder, an embedded data set ({', '.join(embedded)}) or a TFDS data set "
            f"prepared in data_dir. Received: name='{name}', which is none of them in "
            f"'{root.name}'.{hint} Prepare it once where there is a network: "
            f"tfds.builder('{name}', data_dir=...).download_and_prepare()."
        )
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(infos[-1].parent)
    features, keys = builder.info.features, builder.info.supervised_keys
    image, label = keys if keys and len(keys) == 2 else (None, None)
    kinds = dict(features.items())
    if not isinstance(kinds.get(image), tfds.features.Image) or not isinstance(
        kinds.get(label), tfds.features.ClassLabel
    ):
        raise ValueError(
            "Expected an image classification set: one image and one class label. Received: "
            f"'{name}' with features {sorted(features)}."
        )
    parts = {}
    for split in builder.info.splits:
        if split in ("train", "validation", "test"):
            rows = [
                (resized(row[image], image_size), row[label])
                for row in tfds.as_numpy(builder.as_dataset(split))
            ]
            if len({r[0].shape for r in rows}) > 1:
                raise ValueError(
                    "Expected images of one size, or `image_size=(height, width)` to bring them "
                    f"to. Received: '{name}' with images of several."
                )
            parts[split] = (
                np.stack([r[0] for r in rows]) if rows else np.zeros((0, 1, 1, 1), np.uint8),
                np.array([r[1] for r in rows], np.int32),
            )
    return parts, tuple(features[label].names)
