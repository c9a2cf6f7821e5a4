import re

import keras
import numpy as np
import pytest

from keras_distill.datasets import SetEpoch
from keras_distill.datasets.batches import shuffled


class Seen(keras.layers.Layer):
    """Writes down what passes, when it has values (a symbolic call has none)."""

    def __init__(self, seen):
        super().__init__()
        self.write = seen.append  # a list would be copied by the tracker

    def call(self, x, training=False):
        if training and hasattr(x, "numpy"):
            self.write(np.ravel(x).tolist())
        return x


def orders(initial_epoch, epochs):
    images = np.arange(6, dtype="uint8").reshape(6, 1, 1, 1)
    train = shuffled(images, np.arange(6), 6, None, seed=5)
    seen = []
    model = keras.Sequential([keras.Input((1, 1, 1)), Seen(seen), keras.layers.Flatten()])
    model.add(keras.layers.Dense(1))
    model.compile("sgd", "mse", run_eagerly=True)
    model.fit(
        train,
        epochs=epochs,
        initial_epoch=initial_epoch,
        callbacks=[SetEpoch(train)],
        shuffle=False,
        verbose=0,
    )
    return seen


def test_resumed_run_sees_the_order_of_the_unbroken_one():
    unbroken = orders(0, 4)
    assert len(unbroken) == 4 and unbroken[0] != unbroken[1]
    assert orders(2, 4) == unbroken[2:]


def test_data_set_without_epoch():
    sentence = (
        "SetEpoch wants the training set that kd.datasets.load made, as it came. Received: list "
        "without `.epoch` (a data set that was mapped or batched afterwards has lost it)."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        SetEpoch([])
