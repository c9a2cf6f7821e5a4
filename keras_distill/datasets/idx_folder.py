"""Folders of IDX files, the format of MNIST."""

import gzip
import pathlib

import numpy as np

# The test set's stem in MNIST's own files, and what people rename it to.
TEST_STEMS = ("t10k", "test")


def is_idx_folder(folder):
    """Whether a folder holds IDX files."""
    return any(pathlib.Path(folder).glob("train-images*idx3-ubyte*"))


def read_idx(path):
    """The array in an IDX file of unsigned bytes, gzipped or not."""
    path = pathlib.Path(path)
    opened = gzip.open(path) if path.suffix == ".gz" else path.open("rb")
    with opened as file:
        content = file.read()
    rank = content[3] if len(content) > 3 else 0
    shape = [
        int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big")
        for i in range(rank if content[:3] == b"\0\0\x08" else 0)
    ]
    size = int(np.prod(shape)) if shape else 0
    if not shape or len(content) != 4 + 4 * rank + size:
        raise ValueError(
            f"'{path.name}' is not a whole IDX file of unsigned bytes. Expected a header of zero, "
            f"zero, 8, rank and as many bytes as it announces. Received: {len(content)} bytes. "
            "Get the file again."
        )
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_idx_folder(folder):
    """{"train": (images, labels), "test": …} and class names "0", "1", …."""
    folder = pathlib.Path(folder)
    parts = {"train": _pair(folder, ("train",)), "test": _pair(folder, TEST_STEMS)}
    classes = 1 + max(int(labels.max(initial=0)) for _, labels in parts.values())
    return parts, tuple(str(c) for c in range(classes))


def _pair(folder, stems):
    arrays = []
    for kind in ("images", "labels"):
        rank = "idx3" if kind == "images" else "idx1"
        found = [p for stem in stems for p in sorted(folder.glob(f"{stem}-{kind}*{rank}-ubyte*"))]
        if not found:
            raise ValueError(
                f"A folder of IDX files holds {stems[0]}-{kind}-{rank}-ubyte, gzipped or not. "
                f"Received: '{folder.name}' without it."
            )
        arrays.append(read_idx(found[0]))
    images, labels = arrays
    if len(images) != len(labels):
        raise ValueError(
            f"Expected a label for each image in '{folder.name}'. Received: {len(images)} images "
            f"and {len(labels)} labels of '{stems[0]}'."
        )
    return images[..., None], labels.astype(np.int32)
