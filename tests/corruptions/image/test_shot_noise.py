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


@pytest.mark.parametrize(
    "profile, severity, photons",
    [
        ("cifar32", 1, 500),
        ("cifar32", 3, 100),
        ("tiny64", 4, 30),
        ("imagenet224", 1, 60),
        ("imagenet224", 3, 12),
        ("imagenet224", 5, 3),
    ],
)
@pytest.mark.parametrize("rng", ["fast", "reference"])
def test_counts_are_poissons(profile, severity, photons, rng):
    from scipy.stats import chisquare, poisson

    for level in (1, 20, 128, 200, 255):
        images = np.full((100, 32, 32, 1), level / 255)
        made = ShotNoise(severity, profile=profile, rng=rng)(images, seed=level)
        counts = np.rint(made * photons).astype(int).ravel()
        np.testing.assert_allclose(counts / photons, made.ravel(), rtol=1e-6)
        # More photons than fit are white; rare counts go together.
        rate = level / 255 * photons
        low, high = (int(poisson.ppf(share, rate)) for share in (1e-4, 1 - 1e-4))
        high = min(high, photons)
        edges = np.arange(low, high)
        chances = np.diff(poisson.cdf(edges, rate), prepend=0.0, append=1.0)
        seen = np.bincount(np.searchsorted(edges, counts), minlength=chances.size)
        assert chisquare(seen, chances * counts.size).pvalue > 1e-4


def test_moments_of_the_fast_draws():
    # A Poisson count of mean 0.5 c has variance 0.5 c; divided by c: 0.5 / c.
    made = ShotNoise(5)(np.full((50, 28, 28, 1), 0.5), seed=1)
    assert made.mean() == pytest.approx(0.5, abs=0.003)
    assert made.var() == pytest.approx(0.5 / 50, rel=0.03)
