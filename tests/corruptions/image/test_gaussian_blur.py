"""Fixtures: make_cifar_c.py of hendrycks/robustness, 8190fe3: mean, sha256 of the bytes; for the
larger sizes the same line with the other tables, run with scikit-image 0.26.0."""

import numpy as np
import pytest

from keras_distill.corruptions.image import GaussianBlur

FIXTURES = {
    (32, "cifar32"): [
        (137.2292, "558f98c5"),
        (137.2070, "c3c66e23"),
        (137.2074, "f2548354"),
        (137.1729, "55c34b31"),
        (137.1507, "b4a056d9"),
    ],
    (64, "tiny64"): [
        (130.2900, "a8bf62a5"),
        (130.2820, "478945c0"),
        (130.2738, "5c48fada"),
        (130.2643, "7f471116"),
        (130.2556, "d5305b73"),
    ],
    (224, "imagenet224"): [
        (127.1262, "e97c2c0d"),
        (127.0001, "6fc1249f"),
        (126.9532, "7accd6b3"),
        (126.9263, "47b46b33"),
        (126.8824, "400639ad"),
    ],
}


@pytest.mark.parametrize("side, profile", FIXTURES)
def test_bytes_are_the_references(meets, side, profile):
    meets(GaussianBlur, side, profile, FIXTURES[side, profile])


@pytest.mark.parametrize("severity, row", list(enumerate(FIXTURES[32, "cifar32"], 1)))
def test_mean_of_the_fast_one(fixture_image, severity, row):
    assert GaussianBlur(severity)(fixture_image, seed=0).mean() == pytest.approx(row[0], abs=0.05)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("profile", ["cifar32", "tiny64", "imagenet224"])
def test_fast_is_the_reference_but_for_rounding(fast_and_reference, photographs, profile, channels):
    images = photographs(2, 60, 75, channels)
    for severity in range(1, 6):
        fast, slow = fast_and_reference(GaussianBlur, severity, profile, images)
        assert np.abs(fast.astype(int) - slow).max() <= 1
        assert (fast == slow).mean() > 0.999
        fast, slow = fast_and_reference(GaussianBlur, severity, profile, images / 255)
        np.testing.assert_allclose(fast, slow, atol=1e-6)


def test_edge_is_continued_and_channels_do_not_mix():
    image = np.zeros((1, 8, 8, 3))
    image[..., 1] = 1.0
    np.testing.assert_allclose(GaussianBlur(5)(image, seed=0), image, atol=1e-6)


def test_point_becomes_a_gaussian():
    image = np.zeros((1, 15, 15, 1))
    image[0, 7, 7] = 1.0
    made = GaussianBlur(5)(image, seed=0)[0, ..., 0]
    assert made[7, 8] / made[7, 7] == pytest.approx(np.exp(-0.5), rel=1e-4)


def test_bytes_in_any_company(in_any_company):
    in_any_company(GaussianBlur)
    in_any_company(GaussianBlur, shape=(64, 28, 31, 1))
    in_any_company(GaussianBlur, severity=5, profile="imagenet224", shape=(5, 50, 61, 3))
