import numpy as np
import pytest
from scipy.ndimage import correlate

from keras_distill.corruptions.image.correlated import LARGE, correlated

SHAPES = [(1, 1), (1, 7), (7, 1), (3, 5), (8, 8), (9, 8), (15, 11), (1, 80), (80, 1)]


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_are_scipys(shape, channels):
    assert {np.prod(s) > LARGE for s in SHAPES} == {True, False}
    rng = np.random.default_rng(0)
    # Not symmetric: a convolution would show.
    kernel, images = rng.random(shape), rng.random((2, 90, 97, channels))
    top, left = shape[0] // 2, shape[1] // 2
    height, width = 90 - shape[0] + 1, 97 - shape[1] + 1
    expected = correlate(images, kernel[None, :, :, None])
    expected = expected[:, top : top + height, left : left + width]
    made = correlated(images, kernel)
    assert made.dtype == np.float64
    np.testing.assert_allclose(made, expected, atol=1e-11)
    single = correlated(images.astype("float32"), kernel)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, rtol=2e-6)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("shape", [(7, 1), (1, 7), (5, 5), (13, 13)])
def test_number_of_images_does_not_touch_the_sums(shape, channels):
    rng = np.random.default_rng(1)
    images = rng.random((37, 45, 51, channels)).astype("float32")
    kernel = rng.random(shape)
    whole = correlated(images, kernel)
    for part in (slice(0, 1), slice(17, 18), slice(5, 36), slice(36, None)):
        np.testing.assert_array_equal(correlated(images[part], kernel), whole[part])


def test_small_kernels_are_added_weight_by_weight():
    rng = np.random.default_rng(2)
    images, kernel = (
        rng.random((2, 20, 30, 3)).astype("float32"),
        rng.random((3, 3)).astype("float32"),
    )
    expected = np.zeros((2, 18, 28, 3), "float32")
    for i in range(3):
        for j in range(3):
            expected += kernel[i, j] * images[:, i : i + 18, j : j + 28]
    np.testing.assert_allclose(correlated(images, kernel), expected, rtol=3e-7)


def test_images_cut_out_of_others():
    rng = np.random.default_rng(3)
    images, kernel = rng.random((4, 40, 40, 4)), rng.random((3, 5))
    cut = images[::2, 3:33, ::2, 1:]
    np.testing.assert_array_equal(correlated(cut, kernel), correlated(cut.copy(), kernel))
