"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import GaussianNoise

FIXTURE = [
    (1, 136.8551, "b9c1891e"),
    (2, 136.6755, "7769ed28"),
    (3, 136.4626, "f4ccb0e3"),
    (4, 136.3662, "3207a4a4"),
    (5, 136.2555, "547b3a13"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_reference_draws_give_the_references_bytes(fixture_image, severity, mean, digest):
    made = GaussianNoise(severity, rng="reference")(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


def test_moments_of_the_fast_draws():
    made = GaussianNoise(5)(np.full((50, 28, 28, 1), 0.5), seed=1) - 0.5
    assert made.mean() == pytest.approx(0.0, abs=4 * 0.1 / np.sqrt(made.size))
    assert made.std() == pytest.approx(0.1, rel=0.02)


def test_streams_of_two_examples_never_meet():
    first, second = GaussianNoise(1)(np.full((2, 28, 28, 1), 0.5), seed=1)
    assert np.intersect1d(first, second).size < 0.02 * first.size
