import numpy as np
import pytest

from keras_distill.corruptions.mnist import ShotNoise


def test_mnist_c_draws(digits, as_reference):
    made = ShotNoise(1, rng="reference")(digits, seed=3)
    for i, image in enumerate(digits):
        photons = np.random.RandomState(3 + i).poisson(image / 255.0 * 3)
        np.testing.assert_array_equal(made[i], as_reference(photons / 3))


def test_thirds_of_white_with_poissons_probabilities():
    made = ShotNoise(1)(np.full((50, 28, 28, 1), 0.5), seed=0)
    n, none = made.size, np.exp(-1.5)
    expected = {0.0: none, 1 / 3: none * 1.5, 2 / 3: none * 1.5**2 / 2}
    expected[1.0] = 1 - sum(expected.values())
    for value, share in expected.items():
        margin = 3 * np.sqrt(share * (1 - share) / n)
        assert np.isclose(made, value, atol=1e-6).mean() == pytest.approx(share, abs=margin)
