import numpy as np

from keras_distill.corruptions.mnist import Stripe

OUTER = [*range(7), *range(21, 28)]
INNER = list(range(7, 21))


def test_columns_of_bytes_are_inverted_exactly():
    images = np.arange(256, dtype="uint8").repeat(28 * 28).reshape(256, 28, 28, 1)
    made = Stripe(1)(images, seed=0)
    np.testing.assert_array_equal(made[:, :, OUTER], 255 - images[:, :, OUTER])
    np.testing.assert_array_equal(made[:, :, INNER], images[:, :, INNER])


def test_columns_of_floats_are_inverted(digits):
    images = (digits / 255.0).astype("float32")
    made = Stripe(1)(images, seed=0)
    np.testing.assert_array_equal(made[:, :, OUTER], 1 - images[:, :, OUTER])
    np.testing.assert_array_equal(made[:, :, INNER], images[:, :, INNER])
