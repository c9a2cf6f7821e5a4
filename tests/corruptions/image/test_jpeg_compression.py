"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image import JpegCompression

FIXTURE = [
    (1, 138.0479, "4895a68b"),
    (2, 138.1016, "7e011fb2"),
    (3, 138.0179, "65f93cb3"),
    (4, 138.1725, "9d5b45e0"),
    (5, 138.2139, "4ed6cb71"),
]


@pytest.mark.parametrize("severity, mean, digest", FIXTURE)
def test_bytes_are_the_references(fixture_image, severity, mean, digest):
    made = JpegCompression(severity)(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest


def test_oracle_on_grey_images():
    import io

    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    file = io.BytesIO()
    image.fromarray(pixels).save(file, "JPEG", quality=40)
    made = JpegCompression(5)(pixels[None, ..., None], seed=0)[0, ..., 0]
    np.testing.assert_array_equal(made, np.asarray(image.open(file)))


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize(
    "height, width, severity, quality",
    [(45, 37, 1, 80), (64, 100, 5, 25), (64, 64, 1, 65), (224, 187, 1, 25), (150, 512, 5, 7)],
)
def test_oracle_at_all_sizes(height, width, severity, quality, rng):
    import io

    from scipy.ndimage import gaussian_filter

    image = pytest.importorskip("PIL.Image")
    noise = np.random.default_rng(0).random((2, height, width, 3))
    pixels = (gaussian_filter(noise, (0, 2, 2, 0)) * 255).astype(np.uint8)
    made = JpegCompression(severity, rng=rng)(pixels, seed=0)
    for given, each in zip(pixels, made, strict=True):
        file = io.BytesIO()
        image.fromarray(given).save(file, "JPEG", quality=quality)
        np.testing.assert_array_equal(each, np.asarray(image.open(file)))
