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


@pytest.mark.parametrize(
    "profile, severity, deviation",
    [("cifar32", 5, 0.1), ("tiny64", 3, 0.12), ("imagenet224", 1, 0.08), ("imagenet224", 2, 0.12)],
)
def test_moments_of_the_fast_draws(profile, severity, deviation):
    images = np.full((50, 28, 28, 1), 0.5)
    made = GaussianNoise(severity, profile=profile)(images, seed=1) - 0.5
    assert made.mean() == pytest.approx(0.0, abs=4 * deviation / np.sqrt(made.size))
    assert made.std() == pytest.approx(deviation, rel=0.02)


def test_fast_draws_are_normal():
    from scipy.stats import kstest

    made = GaussianNoise(1)(np.full((50, 28, 28, 1), 0.5), seed=2) - 0.5
    assert kstest(made.ravel() / 0.04, "norm").pvalue > 1e-3


def test_streams_of_two_examples_never_meet():
    first, second = GaussianNoise(1)(np.full((2, 28, 28, 1), 0.5), seed=1)
    assert np.intersect1d(first, second).size < 0.02 * first.size
