"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import SpeckleNoise

FIXTURE = [
    (1, 136.7441, "2aa4217e"),
    (2, 136.2061, "4431b36d"),
    (3, 135.8613, "7d9f9c35"),
    (4, 135.0977, "17069482"),
    (5, 134.2288, "278f8b2d"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_reference_mode_gives_the_references_bytes(fixture_image, severity, mean, digest):
    made = SpeckleNoise(severity, rng="reference")(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


@pytest.mark.parametrize(
    "profile, severity, deviation",
    [("cifar32", 5, 0.2), ("tiny64", 2, 0.2), ("imagenet224", 1, 0.15), ("imagenet224", 2, 0.2)],
)
def test_noise_is_proportional_to_the_value(profile, severity, deviation):
    images = np.full((50, 28, 28, 1), 0.3)
    images[:, :14] = 0.1
    made = SpeckleNoise(severity, profile=profile)(images, seed=1)
    for half, value in ((made[:, :14], 0.1), (made[:, 14:], 0.3)):
        assert half.mean() == pytest.approx(value, abs=4 * value * deviation / np.sqrt(half.size))
        assert half.std() == pytest.approx(value * deviation, rel=0.02)


def test_black_stays_black():
    assert not SpeckleNoise(5)(np.zeros((2, 64, 64, 3)), seed=0).any()
