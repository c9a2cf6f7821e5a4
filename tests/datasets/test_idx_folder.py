import gzip
import re
import struct

import numpy as np
import pytest

from keras_distill.datasets.idx_folder import is_idx_folder, read_idx, read_idx_folder


def write(path, array, cut=0):
    header = b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    content = header + array.astype("uint8").tobytes()
    content = content[: len(content) - cut]
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.fixture
def folder(tmp_path):
    images = np.arange(24).reshape(6, 2, 2)
    write(tmp_path / "train-images-idx3-ubyte", images)
    write(tmp_path / "train-labels-idx1-ubyte", np.arange(6) % 3)
    write(tmp_path / "t10k-images-idx3-ubyte.gz", images[:2])
    write(tmp_path / "t10k-labels-idx1-ubyte.gz", np.arange(2))
    return tmp_path


def test_plain_and_gzipped_files(folder):
    assert is_idx_folder(folder)
    parts, names = read_idx_folder(folder)
    assert names == ("0", "1", "2")
    assert parts["train"][0].shape == (6, 2, 2, 1) and parts["test"][0].shape == (2, 2, 2, 1)
    assert parts["train"][0].ravel().tolist() == list(range(24))
    assert parts["test"][1].tolist() == [0, 1]


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_cut_off_file_is_named(tmp_path):
    write(tmp_path / "x-ubyte", np.zeros((2, 3)), cut=1)
    with raises(
        "'x-ubyte' is not a whole IDX file of unsigned bytes. Expected a header of zero, zero, 8, "
        "rank and as many bytes as it announces. Received: 17 bytes. Get the file again."
    ):
        read_idx(tmp_path / "x-ubyte")


def test_missing_file_is_named(folder):
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with raises(
        "A folder of IDX files holds t10k-labels-idx1-ubyte, gzipped or not. Received: "
        f"'{folder.name}' without it."
    ):
        read_idx_folder(folder)


def test_images_without_labels(folder):
    write(folder / "train-labels-idx1-ubyte", np.arange(5))
    with raises(
        f"Expected a label for each image in '{folder.name}'. Received: 6 images and 5 labels of "
        "'train'."
    ):
        read_idx_folder(folder)
