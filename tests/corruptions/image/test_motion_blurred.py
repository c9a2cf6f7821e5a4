"""Fixtures: ImageMagick 6.9.11-60, MagickMotionBlurImage by Wand 0.7.2: sha256 of the bytes."""

import hashlib

import numpy as np
import pytest

from keras_distill.corruptions.image.motion_blurred import motion_blurred

# Multiples of 30 and 45 degrees: halves that rounding errors decide.
FIXTURE = [
    (6, 1, -45, "bf60b316"),
    (9, 2.5, -30, "990868f1"),
    (10, 3, 0, "301f187a"),
    (8, 3, 30, "b5b8152e"),
    (15, 8, 17.3, "57160736"),
    (20, 15, -123.4, "ac33afce"),
    (12, 6, -90, "b633f740"),
    (10, 4, -60, "84f051de"),
    (14, 12, 150, "6b11b3fd"),
]


@pytest.mark.parametrize("radius, sigma, angle, digest", FIXTURE)
def test_bytes_are_imagemagicks(fixture_image, radius, sigma, angle, digest):
    made = motion_blurred(fixture_image, radius, sigma, [angle], precision="float64")
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == digest
    fast = motion_blurred(fixture_image, radius, sigma, [angle])
    assert fast.dtype == np.uint8
    assert np.abs(fast.astype(int) - made).max() <= 1 and (fast == made).mean() > 0.998


def test_bytes_are_imagemagicks_for_a_grey_oblong(fixture_image):
    grey = fixture_image[:, :28, :, :1]
    made = motion_blurred(grey, 8, 3, [-77.7], precision="float64")
    assert hashlib.sha256(made.tobytes()).hexdigest()[:8] == "44673326"


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_each_image_has_its_own_angle(photographs, precision):
    images, angles = photographs(4, 30, 40), [-120.0, -44.0, 3.0, 170.0]
    whole = motion_blurred(images, 12, 4, angles, precision)
    for image, angle, made in zip(images, angles, whole, strict=True):
        np.testing.assert_array_equal(
            motion_blurred(image[None], 12, 4, [angle], precision)[0], made
        )


def test_strips_of_rows_join(photographs, monkeypatch):
    images = photographs(2, 30, 40)
    whole = motion_blurred(images, 12, 4, [-60, 20])
    monkeypatch.setattr("keras_distill.corruptions.image.motion_blurred._STRIP", 1000)
    np.testing.assert_array_equal(motion_blurred(images, 12, 4, [-60, 20]), whole)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_flat_images_stay_and_points_leave_one_sided_trails(precision):
    flat = np.arange(256, dtype=np.uint8).reshape(256, 1, 1, 1).repeat(9, 1).repeat(9, 2)
    made = motion_blurred(flat, 20, 15, np.linspace(-180, 180, 256), precision)
    np.testing.assert_array_equal(made, flat)
    point = np.zeros((1, 1, 30, 1), np.uint8)
    point[0, 0, 20] = 255
    trail = motion_blurred(point, 6, 3, [0], precision)[0, 0, :, 0]
    weights = np.exp(-(np.arange(13) ** 2) / 18)
    np.testing.assert_allclose(trail[8:21], (255 * weights / weights.sum())[::-1], atol=1)
    assert not trail[:8].any() and not trail[21:].any()
