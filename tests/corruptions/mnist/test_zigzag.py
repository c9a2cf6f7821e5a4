import numpy as np

from keras_distill.corruptions.mnist import Zigzag


def segment(start, end):
    made = np.zeros((28, 28))
    for column in range(int(np.floor(start[0])), min(28, int(np.ceil(end[0])))):
        slope = (end[1] - start[1]) / (end[0] - start[0])
        for row in range(28):
            away = abs(row - (start[1] + slope * (column - start[0])))
            if away < 2.3:
                made[row, column] = max(0.0, 1 + np.log(1 - away / 2.3))
    return made


def test_mnist_c_draws(digits, as_reference):
    images = np.repeat(digits, 5, axis=0)
    made = Zigzag(1, rng="reference")(images, seed=3)
    for i, image in enumerate(images[..., 0]):
        rng = np.random.RandomState(3 + i)
        first = rng.randint(low=0, high=27)
        rise = rng.randint(low=-5, high=5)
        length = np.hypot(23, rise)
        along = [0, 2, 6, 10, 14, 18, 22, length]
        beside = [0, 2, -2, 2, -2, 2, -2, -2 / (2 * (length - 20))]
        turn = np.array([[23, -rise], [rise, 23]]) / length
        points = (turn @ [along, beside]).T + [2, first]
        expected = image / 255.0
        for start, end in zip(points[:-1], points[1:], strict=True):
            expected = np.clip(expected + segment(start, end), 0, 1)
        difference = made[i, ..., 0].astype(int) - as_reference(expected)
        # The sine is computed another way here: a level on the edge may fall.
        assert np.abs(difference).max() <= 1 and (difference != 0).mean() < 0.002


def test_fast_begins_in_column_two_at_every_row_but_the_last():
    made = Zigzag(1)(np.zeros((300, 28, 28, 1)), seed=0)[..., 0]
    assert not made[:, :, :1].any() and not made[:, :, 27].any()
    brightest = made[:, :, 2].argmax(axis=1)
    assert brightest.min() == 0 and 26 <= brightest.max() <= 27
