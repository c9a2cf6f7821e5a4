"""Another teacher has another fingerprint; the same teacher built again has not."""

import keras
import numpy as np
from keras import layers

from keras_distill.teachers.fingerprint import fingerprint


def build(activation="relu", rate=0.1, name=None):
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation), layers.Dropout(rate), layers.Dense(2)],
        name=name,
    )


def test_names_do_not_matter_and_all_else_does():
    known = fingerprint(build())
    assert len(known) == 64 and fingerprint(build(name="again")) == known
    assert fingerprint(build("tanh")) != known and fingerprint(build(rate=0.2)) != known
    changed = build()
    weights = changed.get_weights()
    weights[0][0, 0] = np.nextafter(weights[0][0, 0], 2)
    changed.set_weights(weights)
    assert fingerprint(changed) != known


def test_nested_models():
    def nested(rate):
        inputs = keras.Input((4,))
        return keras.Model(
            inputs, layers.Dense(2, kernel_initializer="ones")(build(rate=rate)(inputs))
        )

    assert fingerprint(nested(0.1)) == fingerprint(nested(0.1)) != fingerprint(nested(0.2))
