"""One small model and the files made of it."""

import keras
import numpy as np
import pytest


def tensorflow():
    import tensorflow as tf

    return tf


def convert(function, shape, quantized=False):
    tf = tensorflow()
    module = tf.Module()
    module.function = tf.function(function, input_signature=[tf.TensorSpec(shape, tf.float32)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [module.function.get_concrete_function()], module
    )
    if quantized:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


@pytest.fixture(scope="session")
def weights():
    return np.random.default_rng(0).normal(size=(64, 5)).astype("float32") / 4


@pytest.fixture
def images():
    return np.random.default_rng(1).uniform(size=(300, 8, 8, 1)).astype("float32")


@pytest.fixture
def model(weights):
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(5)], name="small"
    )
    model.layers[-1].kernel.assign(weights)
    return model


@pytest.fixture(scope="session")
def float_file(weights, tmp_path_factory):
    tf = tensorflow()
    path = tmp_path_factory.mktemp("float") / "small.tflite"
    path.write_bytes(
        convert(lambda x: tf.matmul(tf.reshape(x, (-1, 64)), weights), (None, 8, 8, 1))
    )
    return path


@pytest.fixture(scope="session")
def fixed_batch_file(weights, tmp_path_factory):
    tf = tensorflow()
    path = tmp_path_factory.mktemp("fixed") / "small.tflite"
    path.write_bytes(convert(lambda x: tf.matmul(tf.reshape(x, (4, 64)), weights), (4, 8, 8, 1)))
    return path


@pytest.fixture(scope="session")
def int8_file(weights, tmp_path_factory):
    tf = tensorflow()
    path = tmp_path_factory.mktemp("int8") / "small.tflite"

    def function(x):
        x = tf.quantization.fake_quant_with_min_max_args(x, 0.0, 1.0)
        w = tf.quantization.fake_quant_with_min_max_args(weights, -1.27, 1.27, narrow_range=True)
        y = tf.matmul(tf.reshape(x, (-1, 64)), w)
        return tf.quantization.fake_quant_with_min_max_args(y, -8.0, 8.0)

    path.write_bytes(convert(function, (None, 8, 8, 1), quantized=True))
    return path
