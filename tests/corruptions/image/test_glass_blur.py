"""Fixtures: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes;
for the larger sizes the same lines with the other tables, run with scikit-image 0.26.0."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from keras_distill.corruptions.image import GlassBlur

FIXTURES = {
    (32, "cifar32"): [
        (137.4714, "8f7928ea"),
        (136.6380, "b1048a58"),
        (136.5065, "c9b0c40e"),
        (136.8470, "02ec8b00"),
        (136.6660, "c65557ad"),
    ],
    (64, "tiny64"): [
        (130.5029, "c2534d11"),
        (129.5766, "821caf68"),
        (129.6028, "0f4b2c80"),
        (130.0701, "a458beac"),
        (130.2307, "55c1b08e"),
    ],
    (224, "imagenet224"): [
        (126.6836, "67940eb0"),
        (126.6585, "017e1ba7"),
        (126.5863, "794f7394"),
        (126.5660, "e5fa7d47"),
        (126.4875, "429ef99e"),
    ],
}


@pytest.mark.parametrize("side, profile", FIXTURES)
def test_bytes_are_the_references(meets, side, profile):
    meets(GlassBlur, side, profile, FIXTURES[side, profile])


def pixel_by_pixel(image, constant, moves):
    """What the reference's loop comes to, with its draws in any order of calling."""
    sigma, distance, rounds = constant
    height, width = image.shape[:2]

    def blurred(image):
        return gaussian_filter(image / 255.0, (sigma, sigma, 0), mode="nearest") * 255

    image = np.uint8(blurred(image))
    for k in range(rounds):
        for h in range(height - distance, distance, -1):
            for w in range(width - distance, distance, -1):
                down, right = moves(k, h, w)
                image[h, w] = image[h + down, w + right]
    return np.uint8(blurred(image))


# Distances of 1 (never chased), 2, 3 and 4.
@pytest.mark.parametrize("severity", [1, 3, 4, 5])
def test_pixel_by_pixel_from_the_same_draws(photographs, severity):
    constant = GlassBlur.constants["imagenet224"][severity - 1]
    distance = constant[1]
    images = photographs(2, 28, 37)
    slow = GlassBlur(severity, profile="imagenet224", rng="reference")(images, seed=4)
    for i, image in enumerate(images):
        rng = np.random.RandomState(4 + i)

        def legacy(k, h, w, rng=rng):
            right, down = rng.randint(-distance, distance, size=(2,))
            return down, right

        np.testing.assert_array_equal(slow[i], pixel_by_pixel(image, constant, legacy))
    fast = GlassBlur(severity, profile="imagenet224")
    made = fast(images[:1], seed=4, indices=[7])[0]
    which = fast.draw(images[0], constant, next(fast.generators(4, [7])))

    def coded(k, h, w):
        down, right = divmod(int(which[k, h - distance - 1, w - distance - 1]), 2 * distance)
        return down - distance, right - distance

    expected = pixel_by_pixel(images[0], constant, coded)
    assert np.abs(made.astype(int) - expected).max() <= 1
    assert (made == expected).mean() > 0.999


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("profile", ["cifar32", "tiny64", "imagenet224"])
def test_fast_is_the_reference_but_for_rounding(fast_and_reference, photographs, profile, channels):
    images = photographs(2, 60, 75, channels)
    for severity in range(1, 6):
        fast, slow = fast_and_reference(GlassBlur, severity, profile, images)
        assert np.abs(fast.astype(int) - slow).max() <= 1
        # Copies make flat patches, whose sums lie on a byte: there rounding decides.
        assert (fast == slow).mean() > (0.99 if profile == "cifar32" else 0.999)


@pytest.mark.parametrize("severity", range(1, 6))
def test_every_neighbour_is_drawn_as_often(severity):
    constant = GlassBlur.constants["imagenet224"][severity - 1]
    corruption = GlassBlur(severity, profile="imagenet224")
    image, many = np.zeros((224, 224, 3)), (2 * constant[1]) ** 2
    drawn = corruption.draw(image, constant, np.random.default_rng(0))
    assert drawn.shape == (constant[2], 224 - 2 * constant[1], 224 - 2 * constant[1])
    counts = np.bincount(drawn.reshape(-1), minlength=many)
    expected = drawn.size / many
    assert len(counts) == many
    assert ((counts - expected) ** 2 / expected).sum() < many + 5 * np.sqrt(2 * many)


def test_fast_is_as_far_away_as_the_reference(photographs):
    images = photographs(40, 32, 32)
    for severity in range(1, 6):
        fast, slow = (
            GlassBlur(severity, rng=rng)(images, seed=0) - images.astype(float)
            for rng in ("fast", "reference")
        )
        apart = (fast - slow).mean(axis=(1, 2, 3))
        assert abs(apart.mean()) < 4 * apart.std() / np.sqrt(len(apart))
        assert fast.std() == pytest.approx(slow.std(), rel=0.02)


def test_image_smaller_than_the_neighbourhood_is_only_blurred():
    image = np.random.default_rng(0).random((1, 6, 8, 3))
    made = GlassBlur(5, profile="imagenet224")(image, seed=0)
    assert made.shape == image.shape


def test_bytes_in_any_company(in_any_company):
    in_any_company(GlassBlur, severity=5)
    in_any_company(GlassBlur, shape=(64, 28, 31, 1))
    in_any_company(GlassBlur, severity=5, profile="imagenet224", shape=(5, 50, 61, 3))
