"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import Contrast

FIXTURE = [
    (1, 137.1289, "87a8287e"),
    (2, 137.0859, "379aaa37"),
    (3, 137.1982, "c83b4a0d"),
    (4, 137.1553, "b6d3fbaf"),
    (5, 137.1761, "4f8a5029"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_reference_mode_gives_the_references_bytes(fixture_image, severity, mean, digest):
    made = Contrast(severity, rng="reference")(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_fast_mode_is_within_a_grey_level(fixture_image, severity, mean, digest):
    made = Contrast(severity)(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=0.05)
    exact = Contrast(severity, rng="reference")(fixture_image, seed=0)
    difference = np.abs(made.astype(int) - exact)
    assert difference.max() <= 1 and (difference == 0).mean() > 0.995


def test_by_hand():
    image = np.array([[0.0, 1.0], [0.5, 0.5]]).reshape(1, 2, 2, 1)
    made = Contrast(5)(image, seed=0).ravel()
    np.testing.assert_allclose(made, [0.425, 0.575, 0.5, 0.5], rtol=1e-6)


@pytest.mark.parametrize("side, left", [(64, 0.2), (224, 0.2)])
@pytest.mark.parametrize("rng", ["fast", "reference"])
def test_each_channel_keeps_its_own_mean(side, left, rng):
    image = np.random.default_rng(0).random((2, side, side, 3)) * [0.3, 0.6, 1.0]
    made = Contrast(3, rng=rng)(image, seed=0)
    mean = image.mean(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(made, mean + left * (image - mean), atol=1e-6)
