"""The flat adapter computes what the nested one does, layer by layer visible."""

import keras
import numpy as np
import pytest

from keras_distill.pipeline.adapt_student import adapt_student
from keras_distill.teachers import adapt


def functional():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    a = keras.layers.Conv2D(4, 3, padding="same")(x)
    b = keras.layers.Conv2D(4, 1)(keras.layers.Add()([a, keras.layers.Conv2D(4, 1)(inputs)]))
    return keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Flatten()(b)))


def sequential():
    return keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3), keras.layers.Flatten(),
         keras.layers.Dense(3)]
    )  # fmt: skip


@pytest.mark.parametrize("make", [functional, sequential])
def test_equals_the_nested_adapter_and_saves(make, tmp_path):
    student = make()
    flat = adapt_student(student, "[0, 255]", "bgr")
    images = np.random.default_rng(0).random((5, 8, 8, 3)).astype("float32")
    expected = adapt(student, "[0, 255]", "bgr").predict(images, verbose=0)
    np.testing.assert_allclose(flat.predict(images, verbose=0), expected, rtol=1e-4, atol=1e-3)
    assert not any(isinstance(layer, keras.Model) for layer in flat.layers)
    flat.save(tmp_path / "flat.keras")
    loaded = keras.models.load_model(tmp_path / "flat.keras")
    assert len(loaded.layers) == len(flat.layers)


def test_nothing_to_adapt_is_the_student_itself():
    student = sequential()
    assert adapt_student(student, "[0, 1]", "rgb") is student
