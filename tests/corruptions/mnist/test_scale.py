import numpy as np
from scipy.ndimage import affine_transform

from keras_distill.corruptions.mnist import Scale


def test_seventy_percent_about_the_middle(digits, as_reference):
    made = Scale(1)(digits, seed=0)
    for image, found in zip(digits[..., 0] / 255.0, made[..., 0], strict=True):
        expected = affine_transform(
            image, [1 / 0.7, 1 / 0.7], 13.5 * (1 - 1 / 0.7), order=1, mode="grid-constant"
        )
        # float32 in, float64 there: a level that lies on the edge may fall.
        np.testing.assert_allclose(found, as_reference(expected), atol=1)
    exact = Scale(1, rng="reference")(digits, seed=0)
    assert (exact != made).mean() < 0.01


def test_a_white_image_becomes_a_white_square_by_hand():
    made = Scale(1)(np.full((1, 28, 28, 1), 255, "uint8"), seed=0)[0, ..., 0]
    # Half a side of 13.5 · 0.7 = 9.45: rows 5 to 22 are inside, 4.05 pixels lie outside.
    assert (made[5:23, 5:23] == 255).all()
    assert (made[:4] == 0).all() and (made[:, 24:] == 0).all()


def test_nothing_is_drawn():
    assert not Scale(1).random
