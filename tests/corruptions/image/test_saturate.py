"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import Saturate

FIXTURE = [
    (1, 181.4681, "e5f73f10"),
    (2, 193.9756, "9a096bf3"),
    (3, 122.3477, "2880fe25"),
    (4, 109.1077, "f88c682d"),
    (5, 102.7630, "4a91a4ec"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_reference_mode_gives_the_references_bytes(fixture_image, severity, mean, digest):
    made = Saturate(severity, rng="reference")(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_fast_mode_is_within_a_grey_level(fixture_image, severity, mean, digest):
    made = Saturate(severity)(fixture_image, seed=0)
    exact = Saturate(severity, rng="reference")(fixture_image, seed=0)
    # The fixture is full of results that are whole grey levels but for the last bit.
    difference = made.astype(int) - exact
    assert np.abs(difference).max() <= 1 and (difference == 0).mean() > 0.85
    noise = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), np.uint8)
    difference = Saturate(severity)(noise, seed=0).astype(int)
    difference -= Saturate(severity, rng="reference")(noise, seed=0)
    assert np.abs(difference).max() <= 1 and abs(difference.mean()) < 0.05


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize(
    "profile, severity, gain, more",
    [
        ("cifar32", 1, 0.3, 0.0),
        ("cifar32", 5, 2.5, 0.2),
        ("tiny64", 3, 2.0, 0.0),
        ("tiny64", 5, 30.0, 0.2),
        ("imagenet224", 4, 5.0, 0.1),
        ("imagenet224", 5, 20.0, 0.2),
    ],
)
def test_by_hand_against_hsv(rng, profile, severity, gain, more):
    import colorsys

    colours = np.random.default_rng(0).random((1, 8, 8, 3)) * [0.9, 1.0, 0.6]
    colours[0, 0, :2] = [[0.0, 0.0, 0.0], [0.4, 0.4, 0.4]]
    made = Saturate(severity, profile=profile, rng=rng)(colours, seed=0)
    for colour, changed in zip(colours.reshape(-1, 3), made.reshape(-1, 3), strict=True):
        h, s, v = colorsys.rgb_to_hsv(*colour)
        expected = colorsys.hsv_to_rgb(h, min(1.0, s * gain + more), v)
        np.testing.assert_allclose(changed, expected, atol=1e-6)


@pytest.mark.parametrize("rng", ["fast", "reference"])
def test_grey_pixels_turn_reddish(rng):
    made = Saturate(5, rng=rng)(np.full((1, 4, 4, 3), 0.5), seed=0)
    np.testing.assert_allclose(made, np.broadcast_to([0.5, 0.4, 0.4], made.shape), rtol=1e-6)


@pytest.mark.parametrize("rng", ["fast", "reference"])
def test_one_channel_is_the_luma_of_what_grey_pixels_become(rng):
    image = np.random.default_rng(0).random((2, 8, 8, 1))
    colours = Saturate(5, rng=rng)(np.repeat(image, 3, axis=-1), seed=0)
    made = Saturate(5, rng=rng)(image, seed=0)
    np.testing.assert_allclose(made[..., 0], colours @ [0.299, 0.587, 0.114], atol=1e-6)
    np.testing.assert_allclose(Saturate(1, rng=rng)(image, seed=0), image, rtol=1e-6)
