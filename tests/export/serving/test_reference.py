"""Keras's own outputs, in whatever batches."""

import keras
import numpy as np

from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.reference import reference
from keras_distill.export.serving.trace import call


def test_equals_the_models_call_over_several_batches():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dropout(0.5)])
    ends = model_ends(model)
    x = np.random.default_rng(0).normal(size=(300, 3)).astype("float32")
    made = reference(ends, call(model, ends), {"input": x})
    np.testing.assert_allclose(made["output"], model(x, training=False), atol=1e-6)


def test_a_batch_of_its_own_is_filled_up():
    inputs = keras.Input(batch_shape=(4, 3))
    model = keras.Model(inputs, inputs + keras.ops.sum(inputs, axis=0) * 0)
    ends = model_ends(model)
    x = np.arange(18, dtype="float32").reshape(6, 3)
    np.testing.assert_array_equal(reference(ends, call(model, ends), {"input": x})["output"], x)
