"""Fixtures: make_cifar_c.py of hendrycks/robustness, 8190fe3: mean, sha256 of the bytes; for the
larger sizes the same lines with the other tables, run with SciPy 1.17.1."""

import numpy as np
import pytest

from keras_distill.corruptions.image import ZoomBlur

FIXTURES = {
    (32, "cifar32"): [
        (137.6947, "22a420a8"),
        (138.8708, "26cf17bc"),
        (139.5843, "85e2bc92"),
        (140.6393, "fb167e11"),
        (141.5160, "87202390"),
    ],
    (64, "tiny64"): [
        (130.3817, "243ab9f7"),
        (130.5485, "be36e740"),
        (130.6176, "6a1fa12c"),
        (130.6314, "ba399d14"),
        (130.5502, "acb2239c"),
    ],
    (224, "imagenet224"): [
        (126.9650, "1976f89b"),
        (126.8583, "6339f77b"),
        (126.6857, "0a5efb47"),
        (126.5443, "a015ea9a"),
        (126.3324, "99eaad0e"),
    ],
}


@pytest.mark.parametrize("side, profile", FIXTURES)
def test_bytes_are_the_references(meets, side, profile):
    meets(ZoomBlur, side, profile, FIXTURES[side, profile])


# 36 and 71 pixels: sizes where SciPy's zoom loses a line to rounding. The last go axis by axis.
@pytest.mark.parametrize("height, width", [(28, 28), (36, 71), (64, 41), (110, 97), (97, 138)])
@pytest.mark.parametrize("profile", ["cifar32", "imagenet224"])
def test_fast_is_the_reference_but_for_rounding(
    fast_and_reference, photographs, profile, height, width
):
    for channels, severity in ((1, 4), (3, 5)):
        images = photographs(2, height, width, channels)
        fast, slow = fast_and_reference(ZoomBlur, severity, profile, images)
        assert np.abs(fast.astype(int) - slow).max() <= 1
        assert (fast == slow).mean() > 0.999


def test_rounding_error_of_scipy_is_kept():
    # Two of the 21 enlargements to 36 pixels have no last row and no last column.
    white = np.ones((1, 36, 36, 1))
    for rng in ("fast", "reference"):
        made = ZoomBlur(5, rng=rng)(white, seed=0)
        np.testing.assert_allclose(made[:, :35, :35], 1.0, atol=1e-6)
        assert made[0, 35, 5, 0] < 0.97


def test_axis_by_axis_is_all_pixels_at_once(photographs, monkeypatch):
    images = photographs(3, 40, 52) / 255.0
    at_once = ZoomBlur(4)(images, seed=0)
    monkeypatch.setattr("keras_distill.corruptions.image.zoom_blur.SMALL", 0)
    np.testing.assert_allclose(ZoomBlur(4)(images, seed=0), at_once, atol=1e-6)


def test_middle_stays_and_flat_images_stay():
    image = np.full((1, 33, 33, 3), 0.3)
    np.testing.assert_allclose(ZoomBlur(5)(image, seed=0), image, atol=1e-6)
    image[0, 16, 16] = 1.0
    made = ZoomBlur(1)(image, seed=0)[0, ..., 0]
    assert np.unravel_index(made.argmax(), made.shape) == (16, 16)


def test_bytes_in_any_company(in_any_company):
    in_any_company(ZoomBlur)
    in_any_company(ZoomBlur, shape=(64, 28, 31, 1))
    in_any_company(ZoomBlur, shape=(5, 100, 90, 3))
