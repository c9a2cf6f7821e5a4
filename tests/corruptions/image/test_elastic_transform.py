"""Fixtures: hendrycks/robustness, 8190fe3, seed 0: mean, sha256 of the bytes.

Those at 32 pixels are published in our notes; the others were made by running the same code
(make_tinyimagenet_c.py, make_imagenet_c.py) with OpenCV 5.0.0, scikit-image 0.26, SciPy 1.17.1.
"""

import numpy as np
import pytest

from keras_distill.corruptions.image import ElasticTransform
from keras_distill.corruptions.image.elastic_transform import _affine

FIXTURE = {
    32: "137.7448/8ba9d806 137.7389/86069a03 137.4860/b33e5ee5 137.0794/a84f6bb4 137.0283/afc3360c",
    64: "130.0580/760e6068 130.0260/89a6fedc 130.1406/64b74516 130.6797/fa14f667 130.9041/60dc4848",
    224: "126.9321/f4090fac 127.2805/c591dd81 126.9840/ee70c426 126.9637/a73e50d0 "
    "126.8353/1c335a9b",
}
# 40 × 28 pixels by the table of 32.
OBLONG = "130.3000/dde32105 130.3565/dab0231e 130.3494/0453db60 130.5268/532d1984 130.5039/2d5d8660"


@pytest.mark.parametrize("side", FIXTURE)
@pytest.mark.parametrize("severity", range(1, 6))
def test_reference_draws_give_the_references_bytes(pixels_of, digest, side, severity):
    made = ElasticTransform(severity, rng="reference")(pixels_of(side), seed=0)
    mean, expected = FIXTURE[side].split()[severity - 1].split("/")
    assert made.mean() == pytest.approx(float(mean), abs=1e-4)
    assert digest(made) == expected


@pytest.mark.parametrize("severity", range(1, 6))
def test_image_that_is_not_square(pixels_of, digest, severity):
    images = pixels_of(64, crop=(40, 28))
    made = ElasticTransform(severity, rng="reference")(images, seed=0)
    assert digest(made) == OBLONG.split()[severity - 1].split("/")[1]


def test_the_three_points_go_where_they_are_moved_to():
    moves = np.random.default_rng(0).uniform(-3, 3, (2, 3, 2)).astype("float32")
    x, y = _affine((30, 48), moves, "float64")
    # The map back, found from the same three points by the equations themselves.
    corners = np.array([[25, 34], [25, 14], [5, 14]])
    for i in range(2):
        equations = np.c_[corners + moves[i], np.ones(3)]
        back = np.linalg.solve(equations, corners)
        rows, columns = np.mgrid[:30, :48]
        expected = np.stack([columns, rows, np.ones_like(rows)], -1) @ back
        np.testing.assert_allclose(x[i], expected[..., 0], atol=1e-4)
        np.testing.assert_allclose(y[i], expected[..., 1], atol=1e-4)


def test_points_on_a_line_have_no_map_back():
    moves = np.zeros((1, 3, 2), "float32")
    moves[0, 2] = [20, 0]
    x, y = _affine((30, 30), moves, "float32")
    assert (x == 0).all() and (y == 0).all()


def test_nothing_moved_is_nothing_changed(pixels_of):
    images = (pixels_of(32) / 255).astype("float32")
    nothing = np.zeros((1, 3, 2), "float32"), np.zeros((1, 2, 32, 32), "float32")
    made = ElasticTransform(3).apply(images, (0.08, 0.06, 0.06), nothing)
    np.testing.assert_allclose(made, images, atol=1e-6)


@pytest.mark.parametrize("side", [32, 64, 130])
@pytest.mark.parametrize("severity", range(1, 6))
def test_fast_is_the_reference_up_to_draws_and_rounding(pixels_of, severity, side):
    images = pixels_of(side)
    exact, fast = ElasticTransform(severity, rng="reference"), ElasticTransform(severity)
    constant = exact.constants[exact.profile_for(images)][severity - 1]
    moves, noise = exact.draw(images[0], constant, np.random.RandomState(5))
    expected = exact.apply(images / 255, constant, (moves[None], noise[None]))
    made = fast.apply(
        (images / 255).astype("float32"), constant, (moves[None], noise[None].astype("float32"))
    )
    assert made.dtype == "float32"
    # Half a thousandth of a pixel, on edges as high as the whole range.
    np.testing.assert_allclose(made, expected, atol=5e-4)


def test_moments_of_the_fast_draws(pixels_of):
    # The reference over 200 seeds: mean distance from the image 28.601 ± 5.632 at severity 3.
    images = pixels_of(32)
    made = ElasticTransform(3)(np.repeat(images, 200, axis=0), seed=1)
    distance = np.abs(made.astype(int) - images).mean(axis=(1, 2, 3))
    assert distance.mean() == pytest.approx(28.601, abs=4 * 5.632 / np.sqrt(100))
    assert distance.std() == pytest.approx(5.632, rel=0.3)


def test_grey_is_what_each_channel_gets(pixels_of):
    images = pixels_of(32)
    for rng in ("fast", "reference"):
        whole = ElasticTransform(3, rng=rng)(images, seed=0)
        grey = ElasticTransform(3, rng=rng)(images[..., 1:2], seed=0)
        np.testing.assert_array_equal(grey[..., 0], whole[..., 1])


def test_same_however_batched(same_however_batched):
    same_however_batched(ElasticTransform)


def test_constant_image_stays_as_it_is():
    made = ElasticTransform(1)(np.full((1, 512, 300, 1), 0.5), seed=0)
    np.testing.assert_allclose(made, 0.5, atol=1e-6)
