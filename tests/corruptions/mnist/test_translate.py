import numpy as np

from keras_distill.corruptions.mnist import Translate


def moved(image, right, down):
    made = np.zeros_like(image)
    for row in range(28):
        for column in range(28):
            if 0 <= row + 3 * down < 28 and 0 <= column + 3 * right < 28:
                made[row, column] = image[row + 3 * down, column + 3 * right]
    return made


def test_mnist_c_draws(digits):
    images = np.repeat(digits, 4, axis=0)
    made = Translate(1, rng="reference")(images, seed=3)
    for i, image in enumerate(images):
        right, down = np.random.RandomState(3 + i).choice([-1, 1], 2)
        np.testing.assert_array_equal(made[i], moved(image, right, down))


def test_fast_draws_four_corners_and_moves_exactly(digits):
    made = Translate(1)(np.repeat(digits[:1], 400, axis=0), seed=0)
    corners = [moved(digits[0], right, down) for right in (-1, 1) for down in (-1, 1)]
    shares = [(made == corner).all(axis=(1, 2, 3)).mean() for corner in corners]
    assert sum(shares) == 1
    # Three standard deviations of a share of a quarter.
    assert max(abs(share - 0.25) for share in shares) < 3 * np.sqrt(0.25 * 0.75 / 400)
