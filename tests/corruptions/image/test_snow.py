"""Fixture: make_cifar_c.py of hendrycks/robustness, 8190fe3, seed 0, with ImageMagick 6.9.11-60
and OpenCV 5.0.0: mean, sha256 of the bytes."""

import numpy as np
import pytest

from keras_distill.corruptions.image import Snow
from keras_distill.corruptions.image.snow import _enlargement, _middle, _zoomed

FIXTURE = [
    (1, 147.8014, "503d1e33"),
    (2, 162.7884, "22b33f83"),
    (3, 164.5872, "2a72f67a"),
    (4, 172.1953, "248c99df"),
    (5, 190.7920, "a49d1a40"),
]


@pytest.mark.parametrize("severity, mean, expected", FIXTURE)
def test_reference_draws_give_the_references_bytes(fixture_image, digest, severity, mean, expected):
    made = Snow(severity, rng="reference")(fixture_image, seed=0)
    assert made.mean() == pytest.approx(mean, abs=1e-4)
    assert digest(made) == expected


@pytest.mark.parametrize(
    "profile, expected",
    [
        ("tiny64", "0.1 0.2 1 0.6 8 3 0.8; 0.3 0.3 1.25 0.65 14 12 0.6"),
        ("imagenet224", "0.1 0.3 3 0.5 10 4 0.8; 0.55 0.3 2.5 0.85 12 12 0.55"),
    ],
)
def test_slightest_and_strongest_of_the_other_tables(profile, expected):
    table = Snow.constants[profile]
    assert len(table) == 5
    ends = "; ".join(" ".join(f"{number:g}" for number in table[i]) for i in (0, 4))
    assert ends == expected


@pytest.mark.parametrize("side", [28, 32, 64, 224])
@pytest.mark.parametrize("factor", [1.25, 1.75, 2.25, 2, 2.5, 3, 4, 4.5])
def test_enlargement_as_a_matrix_is_scipys(side, factor):
    noise = np.random.default_rng(0).random((side, side))
    matrix, (seen, _) = _enlargement(side, factor), _middle(side, factor)
    made = matrix @ noise[seen, seen] @ matrix.T
    np.testing.assert_allclose(made, _zoomed(noise, factor), atol=1e-6)


@pytest.mark.parametrize("severity", range(1, 6))
@pytest.mark.parametrize("side", [32, 64, 130])
def test_fast_is_the_reference_up_to_draws_and_rounding(pixels_of, severity, side):
    images = pixels_of(side)
    exact, fast = Snow(severity, rng="reference"), Snow(severity)
    constant = exact.constants[exact.profile_for(images)][severity - 1]
    noise, angle = exact.draw(images[0], constant, np.random.RandomState(5))
    expected = exact.apply(images / 255, constant, (noise[None], [angle]))
    seen = _middle(side, constant[2])[0]
    made = fast.apply(
        (images / 255).astype("float32"),
        constant,
        (noise[None, seen, seen].astype("float32"), [angle]),
    )
    # A flake's byte may be cut off one lower, each time in both layers.
    assert np.abs(made - expected).max() <= 2.1 / 255
    assert (np.abs(made - expected) > 1e-5).mean() < 0.01


def test_moments_of_the_fast_draws(pixels_of):
    images = np.repeat(pixels_of(32), 100, axis=0)
    for severity in (1, 5):
        fast = Snow(severity)(images, seed=1).astype("float64").mean(axis=(1, 2, 3))
        exact = Snow(severity, rng="reference")(images, seed=0).mean(axis=(1, 2, 3))
        assert fast.mean() == pytest.approx(exact.mean(), abs=4 * exact.std() / np.sqrt(50))
        assert fast.std() == pytest.approx(exact.std(), rel=0.35)


def test_streaks_fall_and_their_copy_is_turned_round():
    # On black only the streaks and half the whitening are seen: equal to its own rotation.
    made = Snow(3)(np.zeros((4, 48, 48, 1)), seed=2)
    np.testing.assert_allclose(made, made[:, ::-1, ::-1], atol=1e-6)
    down = np.abs(np.diff(made, axis=1)).mean()
    across = np.abs(np.diff(made, axis=2)).mean()
    assert down < across


def test_grey_is_what_the_three_channels_of_a_grey_image_get(pixels_of):
    grey = pixels_of(32)[..., :1]
    for rng in ("fast", "reference"):
        made = Snow(4, rng=rng)(grey, seed=0)
        of_three = Snow(4, rng=rng)(np.repeat(grey, 3, axis=-1), seed=0)
        # The weights of luma add up to 1 up to rounding.
        assert np.abs(made.astype(int) - of_three).max() <= 1


def test_same_however_batched(same_however_batched):
    same_however_batched(Snow)


@pytest.mark.parametrize("shape", [(1, 28, 40, 1), (1, 70, 130, 3), (1, 512, 300, 3)])
def test_other_sizes(shape):
    images = np.full(shape, 0.3, "float32")
    for severity in (1, 4):
        made = Snow(severity)(images, seed=0)
        assert made.shape == shape and made.mean() > 0.3
