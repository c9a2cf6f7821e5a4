"""Texts and labels in TSV and CSV files, one file or a folder of them."""

import csv
import gzip
import io
import lzma
import pathlib

import numpy as np

from keras_distill.datasets.label_numbers import label_numbers

SUFFIXES = (".tsv", ".csv")
OPENERS = {".gz": gzip.open, ".xz": lzma.open}
SPLITS = {
    "train": "train",
    "validation": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}
LABEL, TEXTS = "label", ("text", "sentence")


def text_file_split(path):
    """`"train"` for train.tsv, … ; `""` for another file of texts, `None` for none at all."""
    name = pathlib.Path(path).name.lower()
    for packed in OPENERS:
        name = name.removesuffix(packed)
    stem, suffix = name[:-4], name[-4:]
    return SPLITS.get(stem, "") if suffix in SUFFIXES else None


def is_text_folder(folder):
    """Whether a folder holds train.tsv, train.csv or the like."""
    return any(text_file_split(path) for path in pathlib.Path(folder).iterdir())


def read_text_files(path):
    """{"train": (texts in UTF-8, object array; labels int32), …} and class names.

    `path` is one file, or a folder of train.*, and validation.*, test.* where there are any.
    """
    path = pathlib.Path(path)
    files = {"all": path} if path.is_file() else _parts(path)
    rows = {split: _rows(file) for split, file in files.items()}
    labels, class_names = label_numbers(
        {split: (files[split].name, [row[0] for row in each]) for split, each in rows.items()}
    )
    texts = {split: [text.encode() for _, text in each] for split, each in rows.items()}
    return {s: (np.array(texts[s], object), labels[s]) for s in files}, class_names


def _parts(folder):
    parts = {}
    for path in sorted(folder.iterdir()):
        split = text_file_split(path)
        if split and split in parts:
            raise ValueError(
                f"Expected one file for {split} in '{folder.name}'. Received: "
                f"'{parts[split].name}' and '{path.name}'. Rename or remove one of them."
            )
        if split:
            parts[split] = path
    if "train" not in parts:
        names = ", ".join(path.name for path in parts.values())
        raise ValueError(
            f"Expected train.tsv or train.csv in '{folder.name}'. Received: {names}. Add it, or "
            "name one file instead of the folder."
        )
    return parts


def _rows(path):
    """`[(label, text), …]`, both as they stand in the file."""
    numbered = list(_cells(path))
    header = [cell.strip().lower() for cell in numbered[0][1]] if numbered else []
    label, text = 0, -1
    if LABEL in header or any(name in header for name in TEXTS):
        label, text = _columns(path, header)
        numbered = numbered[1:]
    if not numbered:
        raise ValueError(
            f"Expected lines of a label and a text. Received: '{path.name}', which holds none."
        )
    least = max(label + 1, text + 1, 2)
    for number, cells in numbered:
        if len(cells) < least:
            raise ValueError(
                f"Expected at least {least} columns, a label and a text among them. Received: "
                f"{len(cells)} at line {number} of '{path.name}'. Separate them by "
                f"{'commas' if '.csv' in path.name.lower() else 'tabs'}, or remove the line."
            )
    return [(cells[label].strip(), cells[text]) for _, cells in numbered]


def _columns(path, header):
    found = [name for name in TEXTS if name in header]
    if LABEL not in header or not found:
        raise ValueError(
            f"Expected a column '{LABEL}' and a column '{TEXTS[0]}' or '{TEXTS[1]}'. Received: the "
            f"columns {', '.join(header)} in '{path.name}'. Rename them in its first line."
        )
    return header.index(LABEL), header.index(found[0])


def _cells(path):
    """`(number of the line, its cells)`; empty lines at the end are none."""
    opener = OPENERS.get(path.suffix.lower(), open)
    with opener(path, "rb") as file:
        text = _decoded(file.read(), path.name)
    text = text.rstrip("\r\n")
    if not text:
        return
    if ".csv" not in path.name.lower():
        # By these two alone: texts hold quotes, and what else Python takes for the end of a line.
        for number, line in enumerate(text.split("\n"), 1):
            yield number, line.removesuffix("\r").split("\t")
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(
            f"Expected comma-separated values. Received: '{path.name}', of which line "
            f"{reader.line_num} cannot be read: {error}. Mend the line, or write a .tsv file."
        ) from error


def _decoded(content, name):
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"Expected texts in UTF-8. Received: the byte 0x{content[error.start]:02x} at line "
            f"{line} of '{name}', which is not. Save the file as UTF-8."
        ) from error
