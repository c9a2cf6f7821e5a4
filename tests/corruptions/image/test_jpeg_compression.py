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
