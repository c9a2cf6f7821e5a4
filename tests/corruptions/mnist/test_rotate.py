import numpy as np
from scipy.ndimage import affine_transform

from keras_distill.corruptions.mnist import Rotate


def warped(image, matrix):
    """By SciPy, rows first, about (13.5, 13.5)."""
    matrix = np.array(matrix)[::-1, ::-1]
    offset = 13.5 * (1 - matrix.sum(axis=1))
    return affine_transform(image, matrix, offset, order=1, mode="grid-constant")


def matrix(angle):
    return [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]


def test_mnist_c_draws_and_matrix(digits, as_reference):
    made = Rotate(1, rng="reference")(digits, seed=3)
    directions = set()
    for i, image in enumerate(digits[..., 0]):
        direction = np.random.RandomState(3 + i).choice([-1, 1], 1)[0]
        directions.add(direction)
        expected = as_reference(warped(image / 255.0, matrix(0.4 * direction)))
        np.testing.assert_array_equal(made[i, ..., 0], expected)
    assert directions == {-1, 1}


def test_fast_draws_both_directions_half_the_time(digits):
    made = Rotate(1)(np.repeat(digits[:1] / 255.0, 400, axis=0), seed=0)
    kinds = [np.float32(warped(digits[0, ..., 0] / 255.0, matrix(a))) for a in (-0.4, 0.4)]
    share = [np.isclose(made[..., 0], kind, atol=1e-6).all(axis=(1, 2)).mean() for kind in kinds]
    assert sum(share) == 1 and abs(share[0] - 0.5) < 3 * 0.025


def test_a_stroke_is_tilted_by_the_angle_by_hand():
    images = np.zeros((40, 28, 28, 1))
    images[:, 4:24, 13:15] = 1.0
    made = Rotate(1)(images, seed=0)[..., 0]
    rows, columns = np.mgrid[:28, :28] - 13.5
    # The direction along which the turned stroke is longest.
    angles = {
        round(float(np.arctan2((m * rows * columns).sum(), (m * rows**2).sum())), 1) for m in made
    }
    assert angles == {-0.4, 0.4}
    np.testing.assert_allclose(made.sum(axis=(1, 2)), 40, atol=0.5)
