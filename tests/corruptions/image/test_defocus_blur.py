"""Fixtures: make_cifar_c.py of hendrycks/robustness, 8190fe3: mean, sha256 of the bytes; for the
larger sizes the same lines with the other tables, run with OpenCV 5.0.0."""

import numpy as np
import pytest

from keras_distill.corruptions.image import DefocusBlur

FIXTURES = {
    (32, "cifar32"): [
        (137.3454, "34408406"),
        (137.3701, "ce4c4731"),
        (137.3851, "1d6d11b4"),
        (137.3382, "899d30aa"),
        (137.5732, "29657800"),
    ],
    (64, "tiny64"): [
        (130.5110, "d78b9c62"),
        (130.5605, "ad52c093"),
        (130.5675, "db9a1d15"),
        (130.4707, "226954cc"),
        (130.1807, "b9da46d5"),
    ],
    (224, "imagenet224"): [
        (126.6616, "ca07d19e"),
        (126.7733, "b6a0754f"),
        (126.8572, "9998acdf"),
        (128.6088, "50f37bed"),
        (128.3330, "a1f13bb2"),
    ],
}


@pytest.mark.parametrize("side, profile", FIXTURES)
def test_bytes_are_the_references(meets, side, profile):
    meets(DefocusBlur, side, profile, FIXTURES[side, profile])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("profile", ["cifar32", "tiny64", "imagenet224"])
def test_fast_is_the_reference_but_for_rounding(fast_and_reference, photographs, profile, channels):
    images = photographs(2, 60, 75, channels)
    for severity in range(1, 6):
        fast, slow = fast_and_reference(DefocusBlur, severity, profile, images)
        assert np.abs(fast.astype(int) - slow).max() <= 1
        # Weights of few values give sums that lie on a byte: there rounding decides.
        assert (fast == slow).mean() > 0.96
        floats = images / 255
        fast, slow = fast_and_reference(DefocusBlur, severity, profile, floats)
        np.testing.assert_allclose(fast, slow, atol=2e-6)


def test_point_becomes_a_disk():
    image = np.zeros((1, 41, 41, 1))
    image[0, 20, 20] = 1.0
    made = DefocusBlur(1, profile="imagenet224")(image, seed=0)[0, ..., 0]
    y, x = np.mgrid[-20:21, -20:21]
    inside = x**2 + y**2 <= 9
    np.testing.assert_allclose(made, inside / inside.sum(), atol=1e-6)


def test_edge_is_mirrored_without_its_own_pixel():
    image = np.zeros((1, 32, 32, 1))
    image[0, 0, 16] = image[0, 1, 16] = 1.0
    # A disk of radius 1 is a plus of fifths: row 0 sees itself, and row 1 twice.
    made = DefocusBlur(2, profile="tiny64")(image, seed=0)[0, :, 16, 0]
    np.testing.assert_allclose(made[:3], [0.6, 0.4, 0.2], atol=1e-3)


def test_bytes_in_any_company(in_any_company):
    in_any_company(DefocusBlur)
    in_any_company(DefocusBlur, shape=(64, 28, 31, 1))
    # Large kernels go another way.
    in_any_company(DefocusBlur, profile="imagenet224", shape=(5, 50, 61, 3))
