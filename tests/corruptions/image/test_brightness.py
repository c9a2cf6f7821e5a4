"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import Brightness

FIXTURE = [
    (1, 144.9632, "84cb07c2"),
    (2, 151.0830, "006759e8"),
    (3, 155.8763, "d14dc6f7"),
    (4, 159.5563, "eace48e9"),
    (5, 165.5710, "5cd1558c"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_reference_mode_gives_the_references_bytes(fixture_image, severity, mean, digest):
    made = Brightness(severity, rng="reference")(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_fast_mode_is_within_a_grey_level(fixture_image, severity, mean, digest):
    made = Brightness(severity)(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=0.05)
    exact = Brightness(severity, rng="reference")(fixture_image, seed=0)
    difference = np.abs(made.astype(int) - exact)
    assert difference.max() <= 1 and (difference == 0).mean() > 0.97


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


@pytest.mark.parametrize("rng", ["fast", "reference"])
def test_black_pixels_of_colour_images_turn_grey(rng):
    image = np.zeros((1, 64, 64, 3))
    image[0, 0, 0] = 0.2, 0.4, 0.1
    made = Brightness(4, rng=rng)(image, seed=0)
    # tiny64: .4 is added at severity 4; the coloured pixel is doubled.
    np.testing.assert_allclose(made[0, 0, 0], [0.4, 0.8, 0.2], rtol=1e-6)
    np.testing.assert_allclose(made[0, 1:], 0.4, rtol=1e-6)


def test_of_224_pixels():
    made = Brightness(1)(np.full((1, 224, 224, 1), 0.5), seed=0)
    np.testing.assert_allclose(made, 0.6, rtol=1e-6)
