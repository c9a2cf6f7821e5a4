"""Fixture: hendrycks/robustness make_cifar_c.py at 8190fe3, seed 0, mean."""

import numpy as np
import pytest

from keras_distill.corruptions.image import Brightness

FIXTURE = [
    (1, 144.9632),
    (2, 151.0830),
    (3, 155.8763),
    (4, 159.5563),
    (5, 165.5710),
]


@pytest.mark.parametrize("severity, mean", FIXTURE)
def test_mean_is_the_references(fixture_image, severity, mean):
    assert Brightness(severity)(fixture_image, seed=0).mean() == pytest.approx(mean, abs=0.05)


def test_by_hand_against_hsv():
    import colorsys

    colours = np.random.default_rng(0).random((1, 4, 4, 3))
    made = Brightness(5)(colours, seed=0)
    for colour, brighter in zip(colours.reshape(-1, 3), made.reshape(-1, 3), strict=True):
        h, s, v = colorsys.rgb_to_hsv(*colour)
        expected = colorsys.hsv_to_rgb(h, s, min(1.0, v + 0.3))
        np.testing.assert_allclose(brighter, expected, atol=1e-6)


def test_grey_and_black():
    made = Brightness(3)(np.array([0.0, 0.5, 0.95]).reshape(1, 1, 3, 1), seed=0)
    np.testing.assert_allclose(made.ravel(), [0.15, 0.65, 1.0], rtol=1e-6)
