"""The fixture is our own: the textures are."""

import numpy as np
import pytest

from keras_distill.corruptions.image import Frost
from keras_distill.corruptions.image.frost_textures import frost_textures

FIXTURE = [
    (1, "8d012af9"),
    (2, "3f307a40"),
    (3, "3e2398ba"),
    (4, "3cc7474e"),
    (5, "139fbfaf"),
]
WEIGHTS = {
    32: (0.2, [(1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45)]),
    64: (0.3, [(1, 0.3), (0.9, 0.4), (0.8, 0.45), (0.75, 0.5), (0.7, 0.55)]),
    224: (1, [(1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)]),
}


@pytest.mark.parametrize("severity, expected", FIXTURE)
def test_own_fixture(fixture_image, digest, severity, expected):
    assert digest(Frost(severity, rng="reference")(fixture_image, seed=0)) == expected


@pytest.mark.parametrize("side", WEIGHTS)
@pytest.mark.parametrize("severity", range(1, 6))
def test_is_what_the_reference_does_with_our_textures(pixels_of, side, severity):
    scale, weights = WEIGHTS[side]
    images = np.repeat(pixels_of(side), 4, axis=0)
    made = Frost(severity, rng="reference")(images, seed=3)
    for i, image in enumerate(made):
        draw = np.random.RandomState(3 + i).randint
        texture = frost_textures(scale, 3)[draw(0, 5)]
        top, left = draw(0, len(texture) - side), draw(0, len(texture) - side)
        texture = texture[top : top + side, left : left + side]
        of_image, of_frost = weights[severity - 1]
        expected = np.clip(of_image * images[i] + of_frost * texture, 0, 255)
        np.testing.assert_array_equal(image, np.uint8(expected))


def test_fast_is_the_reference_up_to_draws_and_rounding(pixels_of):
    images = np.repeat(pixels_of(32), 4, axis=0)
    draws = np.array([[0, 3, 5], [4, 95, 7], [2, 9, 95], [1, 95, 95]])
    for severity in range(1, 6):
        constant = Frost.constants["cifar32"][severity - 1]
        exact = Frost(severity, rng="reference").apply(images, constant, draws)
        # The middle of what the fast draws cut off to these.
        made = Frost(severity).apply(images, constant, (draws + 0.5) / [5, 96, 96])
        # A whole number may be cut off one lower.
        assert np.abs(made.astype(int) - exact).max() <= 1


def test_every_picture_and_every_place_is_drawn_alike():
    source = np.random.RandomState(0)
    image = np.zeros((32, 32, 3))
    draws = np.array([Frost(1, rng="reference").draw(image, None, source) for _ in range(2000)])
    assert draws.min() == 0 and (draws.max(axis=0) <= (4, 95, 95)).all()
    counts = np.bincount(draws[:, 0], minlength=5)
    assert np.abs(counts - 400).max() < 4 * np.sqrt(400)
    np.testing.assert_allclose(draws[:, 1:].mean(axis=0), 47.5, atol=4 * 28 / np.sqrt(2000))


def test_fast_draws_have_the_references_moments(pixels_of):
    images = np.repeat(pixels_of(32), 400, axis=0)
    means = [
        Frost(5, rng=rng)(images, seed=1).mean(axis=(1, 2, 3)) for rng in ("fast", "reference")
    ]
    error = 4 * np.std(means[1]) * np.sqrt(2 / 400)
    assert np.mean(means[0]) == pytest.approx(np.mean(means[1]), abs=error)
    assert np.std(means[0]) == pytest.approx(np.std(means[1]), rel=0.2)


def test_grey_images_get_grey_frost(pixels_of):
    grey = pixels_of(32)[..., :1]
    made = Frost(3)(grey, seed=0).astype(int)
    of_three = Frost(3)(np.repeat(grey, 3, axis=-1), seed=0) @ [0.299, 0.587, 0.114]
    unclipped = made[..., 0] < 240
    assert np.abs(made[..., 0] - of_three)[unclipped].max() <= 2


def test_float_images_are_rounded_to_bytes(pixels_of):
    images = pixels_of(32)
    as_bytes = Frost(4)(images, seed=0)
    np.testing.assert_array_equal(Frost(4)(images / 255, seed=0), as_bytes / np.float32(255))


def test_same_however_batched(same_however_batched):
    same_however_batched(Frost)


def test_larger_image_than_picture_goes_on_across_the_border():
    made = Frost(2, profile="cifar32", rng="reference")(np.zeros((1, 300, 40, 3), np.uint8), seed=0)
    texture = frost_textures(0.2, 3)
    draw = np.random.RandomState(0).randint
    texture, top, left = texture[draw(0, 5)], draw(0, 128), draw(0, 128 - 40)
    rows = np.arange(top, top + 300) % 128
    expected = np.uint8(0.3 * texture[rows][:, left : left + 40])
    np.testing.assert_array_equal(made[0], expected)


@pytest.mark.parametrize("shape", [(28, 48, 1), (120, 70, 3), (512, 300, 3)])
def test_other_sizes(shape):
    made = Frost(2)(np.zeros((1, *shape), np.uint8), seed=0)
    assert made.shape == (1, *shape) and made.std() > 0
