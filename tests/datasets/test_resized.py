import gzip

import numpy as np

from keras_distill.datasets import load
from keras_distill.datasets.resized import resized

QUARTERS = np.kron(np.array([[0, 200], [100, 40]], np.uint8), np.ones((4, 4), np.uint8))[..., None]


def test_half_the_size_is_the_mean_of_flat_quarters():
    small = resized(QUARTERS, (2, 2))
    assert small.dtype == np.uint8 and small.shape == (2, 2, 1)
    # The triangle filter reaches into the neighbours: order and range stay, not the values.
    assert np.argsort(small.ravel()).tolist() == [0, 3, 2, 1]
    flat = np.full((3, 8, 8, 1), 77, np.uint8)
    np.testing.assert_array_equal(resized(flat, (5, 3)), np.full((3, 5, 3, 1), 77))


def test_own_size_is_left_alone():
    assert resized(QUARTERS, None) is QUARTERS and resized(QUARTERS, (8, 8)) is QUARTERS


def test_image_size_reaches_idx_files(tmp_path):
    def write(name, array):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        with gzip.open(tmp_path / f"{name}-ubyte.gz", "wb") as file:
            file.write(header + array.astype(np.uint8).tobytes())

    for stem in ("train", "t10k"):
        write(f"{stem}-images-idx3", np.full((12, 8, 8), 51))
        write(f"{stem}-labels-idx1", np.arange(12) % 2)
    data = load(tmp_path, batch_size=4, image_size=(4, 6))
    images, _ = next(iter(data.train))
    assert images.shape == (4, 4, 6, 1) and data.input_shape == (4, 6, 1)
    np.testing.assert_allclose(images, 0.2, rtol=1e-6)
