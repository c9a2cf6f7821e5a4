import keras
import numpy as np

from keras_distill.footprint import sparsity


def test_share_of_zeros_over_all_kernels():
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(1, 2)])
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(1))
    model.layers[0].kernel.assign(np.array([1.0, 0.0, 0.0, 2.0]).reshape(2, 2, 1, 1))
    model.layers[-1].kernel.assign(np.ones((9, 1)))
    assert sparsity(model) == 2 / 13


def test_no_kernels():
    model = keras.Sequential([keras.Input((4,)), keras.layers.ReLU()])
    assert sparsity(model) == 0.0
