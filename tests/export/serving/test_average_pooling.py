"""A mean by convolution is the mean, and is left alone where Keras pads."""

import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.export.contents.delegates import delegates
from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.serving.average_pooling import average_pooling

layers = keras.layers
IMAGES = np.random.default_rng(0).normal(size=(40, 12, 12, 3)).astype("float32")


def operators(layer):
    """What an inference graph of the layer multiplies and pools with, and what it gives."""
    import tensorflow as tf

    graph = tf.function(lambda x: layer(x))
    with average_pooling(True):
        made = graph.get_concrete_function(tf.TensorSpec(IMAGES.shape))
    kinds = {node.type for node in made.graph.get_operations()}
    np.testing.assert_allclose(made(tf.constant(IMAGES)), layer(IMAGES), atol=1e-6)
    return kinds & {"AvgPool", "DepthwiseConv2dNative"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"pool_size": 2},
        {"pool_size": (2, 3), "strides": 1},
        {"pool_size": 3, "strides": 2},
        {"pool_size": 3, "padding": "same"},
        {"pool_size": 5},
    ],
)
def test_small_windows_are_convolved(arguments):
    assert operators(layers.AveragePooling2D(**arguments)) == {"DepthwiseConv2dNative"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"pool_size": 3, "strides": 2, "padding": "same"},
        {"pool_size": 5, "padding": "same"},
        {"pool_size": 6},
        {"pool_size": 1, "strides": 2},
        {"pool_size": 2, "strides": (1, 2)},
    ],
)
def test_what_is_padded_large_or_uneven_stays_a_pooling(arguments):
    assert operators(layers.AveragePooling2D(**arguments)) == {"AvgPool"}


def test_signals_and_volumes_stay():
    with average_pooling(True):
        for rank in (1, 3):
            x = np.ones((2, *[4] * rank, 3), "float32")
            layer = getattr(layers, f"AveragePooling{rank}D")(2)
            assert layer(x).shape == (2, *[2] * rank, 3)


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((12, 12, 3))
    x = layers.AveragePooling2D(2)(layers.Conv2D(6, 3, activation="relu")(inputs))
    return keras.Model(inputs, layers.Dense(4)(layers.Flatten()(x)))


def test_an_int8_file_has_no_operator_outside_xnnpack(network, tmp_path):
    made = to_tflite(network, tmp_path / "lenet.tflite", "int8", calibration_data=IMAGES)
    assert made.parity.signal_to_noise_db > 30
    assert all(row["xnnpack"] for row in delegates(made.path)["operators"])


def test_a_float_file_keeps_its_pooling(network, tmp_path):
    names = [one.name for one in read(to_tflite(network, tmp_path / "l.tflite").path).operators]
    assert "AVERAGE_POOL_2D" in names and "DEPTHWISE_CONV_2D" not in names
