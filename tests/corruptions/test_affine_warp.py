import numpy as np
import pytest
from scipy.ndimage import affine_transform

from keras_distill.corruptions.affine_warp import affine_warp


def test_quarter_turn_and_mirror_by_hand():
    image = np.arange(25.0).reshape(1, 5, 5, 1)
    # The pixel at (x, y) comes from (−y, x): what was on the right comes to lie on top.
    turned = affine_warp(image, [[[0, -1], [1, 0]]])
    np.testing.assert_array_equal(turned[0, ..., 0], np.rot90(image[0, ..., 0], k=1))
    mirrored = affine_warp(image, [[[-1, 0], [0, 1]]])
    np.testing.assert_array_equal(mirrored[0], image[0, :, ::-1])


def test_half_pixels_and_the_black_outside_by_hand():
    image = np.ones((1, 1, 4, 1))
    # Twice as far from the middle 1.5: sources −1.5, 0.5, 2.5, 4.5.
    made = affine_warp(image, [[[2, 0], [0, 1]]])
    np.testing.assert_array_equal(made[0, 0, :, 0], [0, 1, 1, 0])
    # 1.4 times: sources −0.6, 0.8, 2.2, 3.6; between black and the edge it fades.
    made = affine_warp(image, [[[1.4, 0], [0, 1]]])
    np.testing.assert_allclose(made[0, 0, :, 0], [0.4, 1, 1, 0.4])


@pytest.mark.parametrize("shape", [(28, 28, 1), (20, 33, 3)])
def test_against_scipy(shape):
    rng = np.random.default_rng(0)
    images = rng.random((6, *shape))
    matrices = np.eye(2) + rng.normal(0, 0.5, (6, 2, 2))
    made = affine_warp(images, matrices)
    middle = (np.array(shape[:2]) - 1) / 2
    for image, matrix, found in zip(images, matrices, made, strict=True):
        # SciPy counts rows first.
        swapped = matrix[::-1, ::-1]
        for channel in range(shape[2]):
            expected = affine_transform(
                image[..., channel],
                swapped,
                offset=middle - swapped @ middle,
                order=1,
                mode="grid-constant",
            )
            np.testing.assert_allclose(found[..., channel], expected, atol=1e-12)
