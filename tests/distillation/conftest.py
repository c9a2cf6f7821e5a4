"""Tiny models and data that the tests of this room share."""

import keras
import numpy as np
import pytest
from keras import layers


@keras.saving.register_keras_serializable(package="tests")
class Counter(layers.Layer):
    """Counts forwards in a variable: a Python counter would count traces."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.count = self.add_weight(
            name="count", shape=(), dtype="int32", initializer="zeros", trainable=False
        )

    def call(self, inputs):
        self.count.assign_add(1)
        return inputs


def make(name="model", width=16, classes=4, batch_norm=False, dropout=0.0, regularizer=None,
         counter=False, activation=None, features=8):  # fmt: skip
    inputs = keras.Input((features,))
    x = layers.Dense(width, "relu", kernel_regularizer=regularizer, name="hidden")(inputs)
    if counter:
        x = Counter(name="counter")(x)
    if batch_norm:
        x = layers.BatchNormalization(name="norm", momentum=0.5)(x)
    if dropout:
        x = layers.Dropout(dropout, seed=3, name="dropout")(x)
    x = layers.Dense(width, name="feature")(x)
    return keras.Model(inputs, layers.Dense(classes, activation, name="head")(x), name=name)


@pytest.fixture
def build():
    return make


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.random((64, 8)).astype("float32"), rng.integers(0, 4, 64)


@pytest.fixture
def cross_entropy():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
