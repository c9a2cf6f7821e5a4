"""Minus infinity around a maximum becomes a number that integers can span."""

import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.export.serving.finite_paddings import finite_paddings

layers, ops = keras.layers, keras.ops
AROUND = ((0, 0), (1, 1), (1, 1), (0, 0))


def padded(x, value=float("-inf")):
    return ops.pad(x, AROUND, constant_values=value)


@pytest.fixture(scope="module")
def network():
    """As KerasHub's ResNet begins, all values below zero at the pooling."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((12, 12, 1))
    x = layers.Conv2D(6, 3, padding="same")(inputs) - 3.0
    x = layers.MaxPooling2D(3, 2)(padded(x))
    x = layers.MaxPooling2D(3, 2)(padded(2.0 * x))
    return keras.Model(inputs, layers.Dense(4)(layers.Flatten()(x)), name="stem")


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(size=(40, 12, 12, 1)).astype("float32")


def traced(model, examples, integers=True):
    """What each padding is filled with, and what the model gives then."""
    import tensorflow as tf

    graph = tf.function(lambda x: model(x, training=False))
    with finite_paddings(integers, lambda: model(examples, training=False)):
        made = graph.get_concrete_function(tf.TensorSpec(examples.shape))
    fills = [
        float(tf.get_static_value(node.inputs[2]))
        for node in made.graph.get_operations()
        if node.type == "PadV2"
    ]
    return fills, made(tf.constant(examples)).numpy()


def test_each_padding_has_the_least_value_of_its_own(network, images):
    expected = np.asarray(network(images))
    values = [
        np.asarray(keras.Model(network.input, operation.input)(images)).min()
        for operation in network.operations
        if type(operation).__name__ == "Pad"
    ]
    fills, received = traced(network, images)
    np.testing.assert_allclose(fills, values, rtol=1e-6)
    assert values[0] != values[1] and max(values) < 0
    np.testing.assert_allclose(received, expected, rtol=1e-5)


def test_floats_keep_infinity_and_other_paddings_their_value(network, images):
    assert traced(network, images, integers=False)[0] == [-np.inf, -np.inf]
    inputs = keras.Input((12, 12, 1))
    model = keras.Model(inputs, padded(padded(inputs, 2.5), -1e9))
    assert traced(model, images)[0] == [2.5, -1e9]
    assert np.isneginf(np.asarray(padded(images))[0, 0, 0, 0])


def test_an_int8_file_runs_and_is_the_model(network, images, tmp_path):
    made = to_tflite(network, tmp_path / "stem.tflite", "int8", calibration_data=images)
    assert made.parity.signal_to_noise_db > 25
