"""Published corrupted sets, as TFDS prepared them."""

import difflib
import pathlib

from keras_distill.datasets.corrupted_dataset import CorruptedDataset
from keras_distill.datasets.corrupted_names import CORRUPTED


def load_corrupted(name, data_dir=None, batch_size=128, image_size=None):
    """Opens a published corrupted set that TFDS prepared.

    The published files are what papers compare on; report which were used (`source`). Nothing
    is downloaded, and nothing is read but what a cell's batches need.

    Args:
        name: `"cifar10_corrupted"` and `"imagenet2012_corrupted"` (19 corruptions at five
            severities each), or `"mnist_corrupted"` (15, at one severity: 1).
        data_dir: Where TFDS prepared its sets. Defaults to TFDS's own folder.
        batch_size: Examples a batch, at least 1. Defaults to 128.
        image_size: `(height, width)` that images are brought to, for a model of another
            input; it changes the published pixels. Defaults to their own.

    Returns:
        A `CorruptedDataset` with the configurations that are prepared, all or some, of the
        newest version that any has.

    Raises:
        ValueError: The name is unknown, no configuration is prepared, or the batch size is
            below 1.

    Example:

    ```python
    try:
        published = kd.datasets.load_corrupted("cifar10_corrupted", data_dir=".")
    except ValueError as error:
        assert "download_and_prepare()" in str(error)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261 (CIFAR-10-C and
        ImageNet-C); Mu & Gilmer, 2019, MNIST-C, https://arxiv.org/abs/1906.02337
    """
    if name not in CORRUPTED:
        near = difflib.get_close_matches(str(name), CORRUPTED, n=1, cutoff=0.4)
        hint = f" Did you mean: {near[0]}?" if near else ""
        raise ValueError(
            f"Expected a corrupted set: {', '.join(CORRUPTED)}. Received: name={name!r}.{hint}"
        )
    if batch_size < 1:
        raise ValueError(f"`batch_size` must be at least 1. Received: batch_size={batch_size}.")
    root = pathlib.Path(data_dir or "~/tensorflow_datasets").expanduser()
    folder = root / name
    configurations = CORRUPTED[name][1]
    prepared = {
        (info.parent.parent.name, info.parent.name)
        for info in folder.glob("*/*/dataset_info.json")
        # What an interrupted preparation left is in a folder of another name.
        if info.parent.parent.name in configurations.values() and _parts(info.parent.name)
    }
    if not prepared:
        example = next(iter(configurations.values()))
        raise ValueError(
            f"Expected configurations of {name} prepared by TFDS in data_dir. Received: none of "
            f"{len(configurations)} in '{root.name}'. Prepare each once where there is a network: "
            f"tfds.builder('{name}/{example}', data_dir=...).download_and_prepare()."
        )
    import tensorflow_datasets as tfds

    version = max((each for _, each in prepared), key=_parts)
    cells = [cell for cell, each in configurations.items() if (each, version) in prepared]
    builder = tfds.builder_from_directory(folder / configurations[cells[0]] / version)
    return CorruptedDataset(
        name=name,
        version=version,
        folder=folder,
        cells=cells,
        class_names=tuple(builder.info.features["label"].names),
        batch_size=batch_size,
        image_size=image_size,
    )


def _parts(version):
    """`"3.1.0"` as numbers that compare; nothing for what is no version."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(map(str.isdecimal, parts)) else ()
