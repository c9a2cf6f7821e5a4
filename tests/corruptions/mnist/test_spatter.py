import numpy as np
from scipy.ndimage import gaussian_filter

from keras_distill.corruptions.mnist import Spatter


def test_mnist_c_draws(digits):
    made = Spatter(1, rng="reference")(digits, seed=3)
    for i, image in enumerate(digits[..., 0]):
        surface = np.random.RandomState(3 + i).normal(size=(28, 28), loc=0.65, scale=0.3)
        lies = (gaussian_filter(surface, 1, mode="nearest") > 0.65).astype("float32")
        mud = gaussian_filter(lies, 1.5, mode="nearest")
        mud[mud < 0.8] = 0
        # float32 all along, as there: a level on the edge may fall.
        expected = np.float32(image) / 255 * (1 - mud) + np.float32(63 / 255) * mud
        difference = made[i, ..., 0] - (expected * 255).astype("uint8").astype(int)
        assert np.abs(difference).max() <= 1 and (difference != 0).mean() < 0.05
        assert (mud > 0).any()


def test_mud_covers_black_and_white_alike():
    black, white = (Spatter(1)(np.full((60, 28, 28, 1), v), seed=0) for v in (0.0, 1.0))
    mud = black / np.float32(63 / 255)
    covered = mud > 0
    # Nowhere thinner than .8, and under it the same share of the image is left.
    assert mud[covered].min() >= 0.8 - 1e-5 and mud.max() <= 1 + 1e-5
    np.testing.assert_allclose(white, 1 - mud + mud * 63 / 255, atol=1e-6)
    # The surface's median is the threshold: half the sheet, less the rims.
    assert 0.1 < covered.mean() < 0.5
