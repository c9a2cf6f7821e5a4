"""Fixtures: hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes.

Those at 32 pixels are published in our notes; the others were made by running the same code
(make_tinyimagenet_c.py, make_imagenet_c.py) on NumPy 2.4.6.
"""

import numpy as np
import pytest

from keras_distill.corruptions.image import Fog

FIXTURE = {
    32: "134.1530/99a287cd 131.1357/765ce279 131.0618/22d314b5 133.5332/ac9cbdf0 133.8428/b4fd0531",
    64: "127.0329/fd161e52 125.6255/5680ef59 126.5830/71a1c578 130.0177/9322de64 131.1807/8d0b7f6a",
    224: "126.9940/aea5b782 127.0002/fe6a2397 128.4338/03c7579b 130.2204/d3d1cac5 "
    "130.9574/f18b29df",
}
# 40 × 28 pixels by the table of 32: the map has 64 a side.
OBLONG = "127.3378/1d38b629 124.5312/14908964 124.4890/2befac7d 127.0589/084562de 128.1327/85c09f1a"


@pytest.mark.parametrize("side", FIXTURE)
@pytest.mark.parametrize("severity", range(1, 6))
def test_reference_draws_give_the_references_bytes(pixels_of, digest, side, severity):
    made = Fog(severity, rng="reference")(pixels_of(side), seed=0)
    mean, expected = FIXTURE[side].split()[severity - 1].split("/")
    assert made.mean() == pytest.approx(float(mean), abs=1e-4)
    assert digest(made) == expected


@pytest.mark.parametrize("severity", range(1, 6))
def test_image_that_is_not_square(pixels_of, digest, severity):
    made = Fog(severity, rng="reference")(pixels_of(64, crop=(40, 28)), seed=0)
    assert digest(made) == OBLONG.split()[severity - 1].split("/")[1]


def cloud_point_by_point(side, decay, rng):
    """Diamond-square as its description goes: the midpoints of squares, then of their edges."""
    heights = np.zeros((side, side))
    step, wibble = side, 100.0
    while step >= 2:
        half = step // 2

        def midpoints(rows, columns, corners, step=step, wibble=wibble):
            noise = wibble * rng.uniform(-wibble, wibble, (len(rows), len(columns)))
            for i, y in enumerate(rows):
                for j, x in enumerate(columns):
                    around = [heights[(y + v) % side, (x + u) % side] for v, u in corners]
                    heights[y, x] = np.mean(around) + noise[i, j]

        whole, between = range(0, side, step), range(half, side, step)
        midpoints(between, between, [(-half, -half), (half, -half), (-half, half), (half, half)])
        cross = [(-half, 0), (half, 0), (0, -half), (0, half)]
        midpoints(whole, between, cross)
        midpoints(between, whole, cross)
        step, wibble = half, wibble / decay
    heights -= heights.min()
    return heights / heights.max()


@pytest.mark.parametrize("severity, strength, decay", [(1, 0.2, 3), (4, 1, 2)])
def test_cloud_equals_one_made_point_by_point(severity, strength, decay):
    images = np.full((2, 32, 32, 1), 0.5)
    images[:, 0, 0] = 1.0
    made = Fog(severity, rng="reference")(images, seed=7)
    for i, image in enumerate(images):
        cloud = cloud_point_by_point(32, decay, np.random.RandomState(7 + i))
        expected = (image + strength * cloud[..., None]) / (1 + strength)
        # What is left is the rounding to float32.
        np.testing.assert_allclose(made[i], expected, atol=6e-8)


def test_fast_is_the_reference_up_to_draws_and_rounding(pixels_of):
    images = np.concatenate([pixels_of(32), pixels_of(32)[:, ::-1]])
    exact, fast = Fog(3, rng="reference"), Fog(3)
    draws = np.stack([np.random.RandomState(i).random_sample(1023) for i in range(2)])
    expected = exact.apply(images / 255, exact.constants["cifar32"][2], draws)
    made = fast.apply(
        (images / 255).astype("float32"),
        fast.constants["cifar32"][2],
        (draws * 2**16).astype("uint16"),
    )
    assert made.dtype == "float32"
    np.testing.assert_allclose(made, expected, atol=2e-4)


def test_moments_of_the_fast_draws(pixels_of):
    # The reference over 200 seeds: means 131.07 ± 13.16, standard deviations 40.24 ± 3.54.
    made = Fog(5)(np.repeat(pixels_of(32), 200, axis=0), seed=1).astype("float64")
    means, deviations = made.mean(axis=(1, 2, 3)), made.std(axis=(1, 2, 3))
    assert means.mean() == pytest.approx(131.065, abs=4 * 13.159 / np.sqrt(100))
    assert means.std() == pytest.approx(13.159, rel=0.25)
    assert deviations.mean() == pytest.approx(40.237, abs=4 * 3.537 / np.sqrt(100))


def test_same_however_batched(same_however_batched):
    same_however_batched(Fog)


@pytest.mark.parametrize("side, points", [(28, 32), (33, 64), (64, 64), (121, 256), (512, 512)])
def test_map_covers_the_image(side, points):
    image = np.zeros((side, side, 1))
    assert Fog(1).draw(image, None, np.random.default_rng(0)).size == points**2 - 1
    assert Fog(1)(image[None], seed=0).shape == (1, side, side, 1)


def test_black_image_stays_black():
    assert (Fog(5)(np.zeros((1, 32, 32, 3)), seed=0) == 0).all()
