"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import ShotNoise

FIXTURE = [
    (1, 136.7425, "d3478d78"),
    (2, 136.9382, "6d267019"),
    (3, 136.2474, "4bded896"),
    (4, 136.3949, "ed094352"),
    (5, 134.8356, "a2c8b7f7"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_reference_draws_give_the_references_bytes(fixture_image, severity, mean, digest):
    made = ShotNoise(severity, rng="reference")(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


def test_moments_of_the_fast_draws():
    # A Poisson count of mean 0.5 c has variance 0.5 c; divided by c: 0.5 / c.
    made = ShotNoise(5)(np.full((50, 28, 28, 1), 0.5), seed=1)
    assert made.mean() == pytest.approx(0.5, abs=0.003)
    assert made.var() == pytest.approx(0.5 / 50, rel=0.03)
