import numpy as np
import pytest

from keras_distill.corruptions.mnist import ImpulseNoise


def test_mnist_c_draws(digits):
    made = ImpulseNoise(1, rng="reference")(digits, seed=3)
    for i, image in enumerate(digits):
        rng = np.random.RandomState(3 + i)
        replaced = rng.choice([True, False], size=image.shape, p=[0.17, 0.83])
        white = rng.choice([True, False], size=image.shape, p=[0.5, 0.5])
        expected = np.where(replaced, np.where(white, 255, 0), image)
        np.testing.assert_array_equal(made[i], expected)


@pytest.mark.parametrize("rng", ["fast", "reference"])
def test_share_of_replaced_pixels(rng):
    made = ImpulseNoise(1, rng=rng)(np.full((50, 28, 28, 1), 0.5), seed=0)
    margin = 3 * np.sqrt(0.085 * 0.915 / made.size)
    assert (made == 0).mean() == pytest.approx(0.085, abs=margin)
    assert (made == 1).mean() == pytest.approx(0.085, abs=margin)
    assert np.isin(made, [0, 0.5, 1]).all()
