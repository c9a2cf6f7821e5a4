import numpy as np

from keras_distill.corruptions.mnist import DottedLine


def test_mnist_c_draws(digits, as_reference):
    made = DottedLine(1, rng="reference")(digits, seed=3)
    for i, image in enumerate(digits[..., 0]):
        first, last = np.random.RandomState(3 + i).randint(low=0, high=27, size=2)
        expected = image / 255.0
        # Two columns left out, two drawn; the last one is the end of the line and left out.
        for column in range(27):
            if column % 4 >= 2:
                for row in range(28):
                    away = abs(row - (first + (last - first) / 27 * column))
                    if away < 2.3:
                        expected[row, column] += max(0.0, 1 + np.log(1 - away / 2.3))
        np.testing.assert_array_equal(made[i, ..., 0], as_reference(expected))


def test_fast_draws_every_row_but_the_last():
    made = DottedLine(1)(np.zeros((300, 28, 28, 1)), seed=0)[..., 0]
    assert not made[:, :, [0, 1, 4, 5, 24, 25, 27]].any()
    brightest = made[:, :, 2].argmax(axis=1)
    assert brightest.min() <= 1 and 25 <= brightest.max() <= 26
