import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from keras_distill.corruptions.image.gaussian_matrix import gaussian_matrix


@pytest.mark.parametrize("sigma", [0.5, 0.7, 3.0, 40.0])
@pytest.mark.parametrize("mode, truncate", [("reflect", 3.0), ("nearest", 4.0)])
def test_equals_scipys_filter(sigma, mode, truncate):
    image = np.random.default_rng(0).random((11, 30))
    down, right = (gaussian_matrix(side, sigma, mode, truncate) for side in image.shape)
    expected = gaussian_filter(image, sigma, mode=mode, truncate=truncate)
    np.testing.assert_allclose(down @ image @ right.T, expected, atol=1e-6)


def test_kept_and_not_to_be_written_to():
    matrix = gaussian_matrix(8, 1.0, "nearest", 4.0)
    assert matrix is gaussian_matrix(8, 1.0, "nearest", 4.0) and matrix.dtype == "float32"
    with pytest.raises(ValueError, match="read-only"):
        matrix[0, 0] = 1
