"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import Pixelate

FIXTURE = [
    (1, 137.7549, "87998cc6"),
    (2, 137.7607, "4aa8bc60"),
    (3, 137.9551, "62b8ff8d"),
    (4, 138.1719, "adfc9014"),
    (5, 138.2607, "38a31ba8"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_bytes_are_the_references(fixture_image, severity, mean, digest):
    made = Pixelate(severity)(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


def test_oracle_at_another_size_and_on_grey_images():
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (28, 45), np.uint8)
    small = image.fromarray(pixels).resize((int(45 * 0.75), int(28 * 0.75)), image.Resampling.BOX)
    expected = np.asarray(small.resize((45, 28), image.Resampling.BOX))
    made = Pixelate(4)(pixels[None, ..., None], seed=0)[0, ..., 0]
    np.testing.assert_array_equal(made, expected)
