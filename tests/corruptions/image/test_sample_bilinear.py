import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from keras_distill.corruptions.image.sample_bilinear import sample_bilinear


@pytest.mark.parametrize("border", ["mirror", "reflect"])
@pytest.mark.parametrize("exact", ["float32", "float64"])
def test_equals_scipy_far_outside_too(border, exact):
    rng = np.random.default_rng(0)
    planes = rng.random((3, 2, 9, 13), dtype="float32")
    x = rng.uniform(-70, 80, (2, 9, 13)).astype("float32").astype(exact)
    y = rng.uniform(-40, 50, (2, 9, 13)).astype("float32").astype(exact)
    made = sample_bilinear(planes, x, y, border)
    assert made.dtype == "float32"
    for channel in range(3):
        for i in range(2):
            # SciPy's names are OpenCV's and ours.
            expected = map_coordinates(planes[channel, i], [y[i], x[i]], order=1, mode=border)
            np.testing.assert_allclose(made[channel, i], expected, atol=1e-5)


def test_whole_positions_are_the_pixels():
    planes = np.arange(20, dtype="float32").reshape(1, 1, 4, 5)
    y, x = np.mgrid[:4, :5].astype("float32")[:, None]
    np.testing.assert_array_equal(sample_bilinear(planes, x, y, "mirror"), planes)
    outside = sample_bilinear(planes, x - 1, y, "mirror")[0, 0, 0, 0]
    assert outside == 1 and sample_bilinear(planes, x - 1, y, "reflect")[0, 0, 0, 0] == 0


def test_line_of_one_pixel():
    planes = np.full((1, 1, 1, 3), 0.25, "float32")
    y = np.full((1, 1, 3), 0.75, "float32")
    for border in ("mirror", "reflect"):
        assert (sample_bilinear(planes, y, y, border) == 0.25).all()
