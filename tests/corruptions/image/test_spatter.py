"""Fixtures: hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes.

Those at 32 pixels are published in our notes; the others were made by running the same code
(make_tinyimagenet_c.py, make_imagenet_c.py) with OpenCV 5.0.0, scikit-image 0.26, SciPy 1.17.1.
"""

import numpy as np
import pytest

from keras_distill.corruptions.image import Spatter

FIXTURE = {
    32: "138.4189/4a0fa184 139.4251/cd8a1ec4 144.1263/09222a8e 136.6566/7760bb81 133.6911/f3b6182e",
    64: "131.6896/2954f24a 133.3772/2079b0ce 137.3269/f471d87c 125.9181/0642f5aa 123.1986/b0618738",
    224: "127.8102/c7061739 131.2422/aafa733f 134.5622/581a45f3 118.4206/c277ea9a "
    "113.0273/7f3120d7",
}
# 40 × 28 pixels by the table of 32.
OBLONG = "131.4759/81bb03e2 132.6048/6a2b7c19 136.7640/bca1b6f9 129.3378/c1620fd8 127.4524/75db2d66"
# The reference over seeds 0 to 199 on 32 × 32 pixels of 128: mean of green and its standard
# deviation, share of the pixels whose green is no longer 128 and its standard deviation.
MOMENTS = [
    (1, 129.227, 0.422, 0.0264, 0.0069),
    (2, 131.300, 0.672, 0.0659, 0.0126),
    (3, 136.043, 1.365, 0.1856, 0.0291),
    (4, 124.970, 0.980, 0.0405, 0.0129),
    (5, 122.893, 1.149, 0.0690, 0.0153),
]


@pytest.mark.parametrize("side", FIXTURE)
@pytest.mark.parametrize("severity", range(1, 6))
def test_reference_draws_give_the_references_bytes(pixels_of, digest, side, severity):
    made = Spatter(severity, rng="reference")(pixels_of(side), seed=0)
    mean, expected = FIXTURE[side].split()[severity - 1].split("/")
    assert made.mean() == pytest.approx(float(mean), abs=1e-4)
    assert digest(made) == expected


@pytest.mark.parametrize("severity", range(1, 6))
def test_image_that_is_not_square(pixels_of, digest, severity):
    made = Spatter(severity, rng="reference")(pixels_of(64, crop=(40, 28)), seed=0)
    assert digest(made) == OBLONG.split()[severity - 1].split("/")[1]


@pytest.mark.parametrize("severity, mean, deviation, touched, of_touched", MOMENTS)
def test_moments_of_the_fast_draws(severity, mean, deviation, touched, of_touched):
    made = Spatter(severity)(np.full((200, 32, 32, 3), 128, np.uint8), seed=1)[..., 1]
    # Four standard errors of a difference of two means of 200.
    error = 4 * np.sqrt(2 / 200)
    assert made.mean() == pytest.approx(mean, abs=error * deviation)
    assert (made != 128).mean() == pytest.approx(touched, abs=error * of_touched)


@pytest.mark.parametrize("side", [32, 130])
@pytest.mark.parametrize("severity", range(1, 6))
def test_fast_is_the_reference_up_to_draws_and_rounding(pixels_of, severity, side):
    images = pixels_of(side)
    exact, fast = Spatter(severity, rng="reference"), Spatter(severity)
    constant = exact.constants[exact.profile_for(images)][severity - 1]
    layer = exact.draw(images[0], constant, np.random.RandomState(5))[None]
    expected = exact.apply(images / 255, constant, layer)
    made = fast.apply((images / 255).astype("float32"), constant, layer.astype("float32"))
    # A pixel on a threshold may fall on its other side.
    assert (np.abs(made - expected) > 1e-5).mean() < 0.002


def test_colours_of_water_and_of_mud():
    black = np.zeros((8, 32, 32, 3))
    water = Spatter(3)(black, seed=0)
    wet = water[water[..., 0] > 0]
    np.testing.assert_allclose(wet / wet[:, 1:2], [[175 / 238, 1, 1]] * len(wet), rtol=1e-5)
    # The wettest pixel of each image has the whole brightness.
    np.testing.assert_allclose(water[..., 1].max(axis=(1, 2)), 0.5 * 238 / 255, rtol=1e-6)
    mud = Spatter(5)(black, seed=0)
    dirty = mud[mud[..., 0] > 0]
    np.testing.assert_allclose(
        dirty / dirty[:, :1], [[1, 42 / 63, 20 / 63]] * len(dirty), rtol=1e-5
    )
    assert dirty[:, 0].min() >= np.float32(0.8 * 63 / 255)


@pytest.mark.parametrize("severity", [3, 5])
def test_grey_is_the_grey_of_the_three_channels(severity, pixels_of):
    grey = (pixels_of(32)[..., :1] / 255).astype("float32")
    made = Spatter(severity)(grey, seed=0)
    of_three = Spatter(severity)(np.repeat(grey, 3, axis=-1), seed=0)
    np.testing.assert_allclose(made[..., 0], of_three @ [0.299, 0.587, 0.114], atol=1e-6)


def test_image_that_no_drop_falls_on_stays_as_it_is(pixels_of):
    images = (pixels_of(32) / 255).astype("float32")
    dry = np.zeros((1, 32, 32), "float32")
    for severity in (1, 4):
        made = Spatter(severity).apply(images, Spatter.constants["cifar32"][severity - 1], dry)
        np.testing.assert_array_equal(made, images)


def test_same_however_batched(same_however_batched):
    same_however_batched(Spatter)


@pytest.mark.parametrize("shape", [(1, 70, 130, 3), (1, 512, 300, 1)])
def test_other_sizes(shape):
    for severity in (1, 4):
        made = Spatter(severity)(np.full(shape, 0.3, "float32"), seed=0)
        assert made.shape == shape and (made != np.float32(0.3)).any()
