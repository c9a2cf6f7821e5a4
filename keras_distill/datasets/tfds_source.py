"""Images or texts with a class, as TensorFlow Datasets prepared them, read without a network."""

import difflib
import pathlib

import numpy as np

from keras_distill.datasets.resized import resized


def read_tfds(name, data_dir, embedded=(), image_size=None):
    """{"train": (images uint8 or texts, labels), …} and class names of a prepared TFDS set.

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
            f"Expected a folder, a .tsv or .csv file, an embedded data set ({', '.join(embedded)}) "
            f"or a TFDS data set prepared in data_dir. Received: name='{name}', which is none of "
            f"them in '{root.name}'.{hint} Prepare it once where there is a network: "
            f"tfds.builder('{name}', data_dir=...).download_and_prepare()."
        )
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(infos[-1].parent)
    features = builder.info.features
    example, label = _keys(name, features, builder.info.supervised_keys)
    splits = [split for split in builder.info.splits if split in ("train", "validation", "test")]
    sources = {split: split for split in splits}
    if name.startswith("glue/"):
        # GLUE keeps the labels of its test sets to itself: −1 stands in their place.
        sources = {"train": "train", "test": "validation"}
    is_text = isinstance(features[example], tfds.features.Text)
    parts = {}
    for split, source in sources.items():
        if is_text:
            rows = tfds.as_numpy(builder.as_dataset(source, batch_size=-1))
            parts[split] = rows[example], rows[label].astype(np.int32)
            continue
        rows = [
            (resized(row[example], image_size), row[label])
            for row in tfds.as_numpy(builder.as_dataset(source))
        ]
        labels = np.array([r[1] for r in rows], np.int32)
        parts[split] = _stacked(name, [r[0] for r in rows]), labels
    return parts, tuple(features[label].names)


def _stacked(name, images):
    if len({image.shape for image in images}) > 1:
        raise ValueError(
            "Expected images of one size, or `image_size=(height, width)` to bring them "
            f"to. Received: '{name}' with images of several."
        )
    return np.stack(images) if images else np.zeros((0, 1, 1, 1), np.uint8)


def _keys(name, features, supervised):
    """Names of the image or text and of its class."""
    import tensorflow_datasets as tfds

    def of(*kinds):
        return [key for key, kind in features.items() if isinstance(kind, kinds)]

    # GLUE's sets say of none of their features that it is the one to learn from.
    keys = supervised or (*of(tfds.features.Text), *of(tfds.features.ClassLabel))
    inputs = of(tfds.features.Image, tfds.features.Text)
    if len(keys) != 2 or keys[0] not in inputs or keys[1] not in of(tfds.features.ClassLabel):
        raise ValueError(
            "Expected an image or text classification set: one image or text and one class label. "
            f"Received: '{name}' with features {sorted(features)}."
        )
    return keys
