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


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize(
    "height, width, severity, share",
    [
        (48, 45, 5, 0.65),
        (50, 64, 5, 0.5),
        (96, 120, 4, 0.6),
        (224, 224, 1, 0.6),
        (200, 187, 3, 0.4),
        (173, 512, 5, 0.25),
        (384, 301, 4, 0.3),
    ],
)
def test_oracle_at_all_sizes(height, width, severity, share, rng):
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    small = (int(width * share), int(height * share))
    small = image.fromarray(pixels).resize(small, image.Resampling.BOX)
    expected = np.asarray(small.resize((width, height), image.Resampling.BOX))
    made = Pixelate(severity, rng=rng)(pixels[None], seed=0)[0]
    np.testing.assert_array_equal(made, expected)


def test_box_edges_that_meet_pixel_centres():
    image = pytest.importorskip("PIL.Image")
    # At a quarter of the side edges meet centres often, and rounding decides.
    for side in range(8, 300, 3):
        pixels = np.random.default_rng(side).integers(0, 256, (side, side), np.uint8)
        small = image.fromarray(pixels).resize((side // 4, side // 4), image.Resampling.BOX)
        expected = np.asarray(small.resize((side, side), image.Resampling.BOX))
        made = Pixelate(5, profile="imagenet224")(pixels[None, ..., None], seed=0)[0, ..., 0]
        np.testing.assert_array_equal(made, expected)
