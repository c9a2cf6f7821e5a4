"""One verb for data: embedded, prepared by TFDS, a folder of pictures, or a file of texts."""

import pathlib

import numpy as np

from keras_distill.datasets import batches
from keras_distill.datasets.class_folders import read_class_folders
from keras_distill.datasets.cut import cut
from keras_distill.datasets.embedded_data import EMBEDDED, read_embedded
from keras_distill.datasets.grammar_reviews import grammar_reviews
from keras_distill.datasets.idx_folder import is_idx_folder, read_idx_folder
from keras_distill.datasets.resized import resized
from keras_distill.datasets.splits import Splits
from keras_distill.datasets.text_files import is_text_folder, read_text_files, text_file_split
from keras_distill.datasets.tfds_source import read_tfds

# Of the training set, where there is no validation set; of all, where there is no test set.
SHARE = 1 / 6
# What needs neither a file nor a network.
ALWAYS = (*EMBEDDED, "grammar_reviews")


def load(
    name="fashion_mnist", batch_size=128, *, data_dir=None, image_size=None, augment=None, seed=0
):
    """Loads images or texts and their labels, always in three splits and one convention.

    Images come as float32 in [0, 1], `(batch, height, width, channels)`, texts as strings
    in UTF-8, `(batch,)`, labels as int32. Nothing is downloaded. All examples are kept in
    memory, images as bytes.

    Args:
        name: `"fashion_mnist"` (12,000 + 2,000 real images inside the package);
            `"grammar_reviews"` (3,000 + 600 + 600 short reviews of two classes that a
            grammar makes, a share of the words held out; a bag of embeddings comes to 72 %,
            a BiLSTM in seconds to 92 %); the name of a TFDS set of images or texts with a
            class that was prepared in `data_dir` (`"glue/sst2"`, `"imdb_reviews"`); a folder
            of IDX files; a folder with one sub-folder of pictures a class (classes in sorted
            order), with or without `train/`, `test/` above them; a `.tsv` or `.csv` file of
            texts in UTF-8, gzipped (`.gz`), xz-compressed (`.xz`) or neither; or a folder
            with `train.tsv` and, where there are any, `validation.tsv` and `test.tsv`, of
            the same kinds.
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

    A `.tsv` is split at tabs and line feeds alone, whatever quotes and other separators its
    texts hold; a `.csv` is read as Python's `csv` reads it. A first line that names a column
    `label` and one `text` or `sentence` says which they are; without it the first column is
    the label and the last the text. Labels that are words become classes in sorted order;
    the numbers 0 … n − 1 stay.

    Returns:
        A `Splits`: unpacks as `train, validation, test`. Where the source has no
        validation set, a sixth of each class is cut from training; where it has no test
        set either, a sixth of each class is cut for that first. GLUE keeps the labels of
        its test sets to itself: of `"glue/sst2"` the published validation set is the test
        set here, and validation is cut from training.

    Raises:
        ValueError: Nothing of that name, nothing in it, pictures of several sizes, a file
            that cannot be read, or `image_size` or `augment` for texts.

    Example:

    ```python
    train, validation, test = kd.datasets.load("fashion_mnist", batch_size=64)
    images, labels = next(iter(train))
    assert images.shape == (64, 28, 28, 1) and float(np.max(images)) <= 1.0
    ```

    Texts:

    ```python
    import pathlib

    lines = ["label,text", *6 * ["good,A joy.", 'bad,"He said: ""no""."']]
    pathlib.Path("reviews.csv").write_text("\\n".join(lines), encoding="utf-8")
    data = kd.datasets.load("reviews.csv", batch_size=8)
    texts, labels = next(iter(data.train))
    assert data.class_names == ("bad", "good") and texts.shape == (8,)
    ```
    """
    if batch_size < 1:
        raise ValueError(f"`batch_size` must be at least 1. Received: batch_size={batch_size}.")
    parts, class_names = _read(name, data_dir, image_size)
    parts = _three(parts)
    if parts["train"][0].dtype == object:
        for argument, value in {"image_size": image_size, "augment": augment}.items():
            if value is not None:
                raise ValueError(
                    f"`{argument}` is for images, and '{_short(name)}' holds texts. Received: "
                    f"{argument}={value!r}. Leave it out."
                )
    else:
        parts = {k: (resized(x, image_size), y) for k, (x, y) in parts.items()}
    for split, (examples, labels) in parts.items():
        if len(labels) == 0:
            raise ValueError(
                f"Expected at least one example in each split. Received: '{_short(name)}' with "
                f"none for {split}."
            )
        if len(examples) != len(labels) or labels.min() < 0 or labels.max() >= len(class_names):
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
    if name == "grammar_reviews":
        return grammar_reviews()
    if pathlib.Path(name).is_file() and text_file_split(name) is not None:
        return read_text_files(name)
    if pathlib.Path(name).is_dir():
        if is_idx_folder(name):
            return read_idx_folder(name)
        if is_text_folder(name):
            return read_text_files(name)
        return read_class_folders(name, image_size)
    return read_tfds(name, data_dir, ALWAYS, image_size)


def _three(parts):
    if "all" in parts:
        parts["train"], parts["test"] = _cut(*parts.pop("all"))
    if "test" not in parts:
        # A validation set is no test set: it is what choices are made on.
        parts["train"], parts["test"] = _cut(*parts["train"])
    if "validation" not in parts:
        parts["train"], parts["validation"] = _cut(*parts["train"])
    return {split: parts[split] for split in ("train", "validation", "test")}


def _cut(examples, labels):
    stay, go = cut(np.asarray(labels), SHARE)
    return (examples[stay], labels[stay]), (examples[go], labels[go])


def _short(name):
    return pathlib.Path(str(name)).name if pathlib.Path(str(name)).exists() else str(name)
