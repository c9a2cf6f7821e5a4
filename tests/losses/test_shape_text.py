"""Shapes read the same on every backend."""

import keras
import numpy as np

from keras_distill.losses.shape_text import shape_text


class Symbolic:
    shape = ("dynamic_dimension", 10)


def test_sizes_that_are_not_known():
    assert shape_text(np.zeros((2, 3))) == "(2, 3)"
    assert shape_text(keras.KerasTensor((None, 3))) == "(None, 3)"
    assert shape_text(Symbolic()) == "(None, 10)"
