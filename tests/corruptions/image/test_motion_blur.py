"""Fixtures: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes;
for the larger sizes the same lines with the other tables, run with ImageMagick 6.9.11-60."""

import numpy as np
import pytest
from scipy.stats import kstest

from keras_distill.corruptions.image import MotionBlur

FIXTURES = {
    (32, "cifar32"): [
        (137.4102, "f16f34ec"),
        (137.5915, "d5288be4"),
        (137.7855, "18677776"),
        (137.7855, "18677776"),
        (138.0081, "3fca58a1"),
    ],
    (64, "tiny64"): [
        (130.2086, "e1e91ee9"),
        (130.1616, "9f602a33"),
        (130.1883, "c7bba3a7"),
        (130.4117, "0d87bb37"),
        (130.3403, "580fe3c4"),
    ],
    (224, "imagenet224"): [
        (126.9788, "e4aef88e"),
        (126.7387, "755ce569"),
        (126.9166, "be5d9e3c"),
        (126.8164, "ef7a693c"),
        (126.7168, "2d5df1ba"),
    ],
}


@pytest.mark.parametrize("side, profile", FIXTURES)
def test_bytes_are_the_references(meets, side, profile):
    meets(MotionBlur, side, profile, FIXTURES[side, profile])


def test_severities_3_and_4_are_one_for_small_images(photographs):
    images = photographs(20, 32, 32)
    third, fourth = (MotionBlur(s, rng="reference")(images, seed=0) for s in (3, 4))
    np.testing.assert_array_equal(third, fourth)
    angles = np.linspace(-45, 45, 20)
    third, fourth = (
        MotionBlur(s).apply(images, MotionBlur.constants["cifar32"][s - 1], angles) for s in (3, 4)
    )
    assert np.abs(third.astype(int) - fourth).max() <= 1
    assert (third == fourth).mean() > 0.999


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("profile", ["cifar32", "tiny64", "imagenet224"])
def test_fast_is_the_reference_but_for_rounding(fast_and_reference, photographs, profile, channels):
    images = photographs(3, 60, 75, channels)
    for severity in range(1, 6):
        fast, slow = fast_and_reference(MotionBlur, severity, profile, images)
        assert np.abs(fast.astype(int) - slow).max() <= 1
        assert (fast == slow).mean() > 0.999


def test_angles_are_even_between_45_degrees_each_way():
    corruption = MotionBlur(3)
    angles = [corruption.draw(None, None, rng) for rng in corruption.generators(0, range(2000))]
    assert kstest(angles, "uniform", (-45, 90)).pvalue > 0.01


def test_floats_are_rounded_to_bytes_first(photographs):
    images = photographs(2, 32, 32)
    made = MotionBlur(3)(images / 255.0, seed=0)
    np.testing.assert_allclose(made, MotionBlur(3)(images, seed=0) / 255.0, atol=1e-7)


def test_bytes_in_any_company(in_any_company):
    in_any_company(MotionBlur)
    in_any_company(MotionBlur, shape=(64, 28, 31, 1))
    in_any_company(MotionBlur, profile="imagenet224", shape=(5, 50, 61, 3))
