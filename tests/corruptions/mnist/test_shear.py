import numpy as np
from scipy.ndimage import affine_transform

from keras_distill.corruptions.mnist import Shear


def warped(image, matrix):
    """By SciPy, rows first, about (13.5, 13.5)."""
    matrix = np.array(matrix)[::-1, ::-1]
    offset = 13.5 * (1 - matrix.sum(axis=1))
    return affine_transform(image, matrix, offset, order=1, mode="grid-constant")


def matrix(angle):
    return [[1, -np.sin(angle)], [0, np.cos(angle)]]


def test_mnist_c_draws_and_matrix(digits, as_reference):
    made = Shear(1, rng="reference")(digits, seed=3)
    directions = set()
    for i, image in enumerate(digits[..., 0]):
        direction = np.random.RandomState(3 + i).choice([-1, 1], 1)[0]
        directions.add(direction)
        expected = as_reference(warped(image / 255.0, matrix(0.4 * direction)))
        np.testing.assert_array_equal(made[i, ..., 0], expected)
    assert directions == {-1, 1}


def test_fast_draws_both_directions_half_the_time(digits):
    made = Shear(1)(np.repeat(digits[:1] / 255.0, 400, axis=0), seed=0)
    kinds = [np.float32(warped(digits[0, ..., 0] / 255.0, matrix(a))) for a in (-0.4, 0.4)]
    share = [np.isclose(made[..., 0], kind, atol=1e-6).all(axis=(1, 2)).mean() for kind in kinds]
    assert sum(share) == 1 and abs(share[0] - 0.5) < 3 * 0.025


def test_rows_are_moved_sideways_and_drawn_apart_by_hand():
    images = np.zeros((40, 28, 28, 1))
    images[:, :, 13:15] = 1.0
    made = Shear(1)(images, seed=0)
    # A row 9.5 above the middle comes from 9.5 · sin 0.4 = 3.699 pixels to one side.
    found = {round(float((row * np.arange(28)).sum() / row.sum()), 2) for row in made[:, 4, :, 0]}
    assert found == {13.5 - 3.7, 13.5 + 3.7}
