import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from keras_distill.corruptions.image.gaussian_filtered import gaussian_filtered


# Radii of nothing, of less than the sides and of more than them.
@pytest.mark.parametrize("sigma", [0.05, 0.4, 1.5, 3, 9])
@pytest.mark.parametrize("channels", [1, 3])
def test_is_scipys(sigma, channels):
    images = np.random.default_rng(0).random((3, 28, 31, channels))
    expected = gaussian_filter(images, (0, sigma, sigma, 0), mode="nearest", truncate=4.0)
    np.testing.assert_array_equal(gaussian_filtered(images, sigma), expected)
    single = gaussian_filtered(images.astype("float32"), sigma)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, atol=1e-6)


def test_bytes_survive_a_blur_of_nothing():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    for kind in ("float32", "float64"):
        made = gaussian_filtered(np.divide(levels, 255.0, dtype=kind), 0.05)
        np.testing.assert_array_equal((made * 255.0).astype(np.uint8), levels)
