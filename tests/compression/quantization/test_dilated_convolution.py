"""Against TensorFlow's own way, and TF-MOT's twin, whose file keeps these convolutions float."""

import importlib.util
import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_distill.compression import quantize_model
from keras_distill.compression.quantization.dilated_convolution import dilated_convolution, has_gaps
from keras_distill.export.contents.tflite_contents import read
from keras_distill.predictors.tflite_file import TFLiteFile

_spec = importlib.util.spec_from_file_location("twin", pathlib.Path(__file__).with_name("twin.py"))
twin = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(twin)
layers = keras.layers


@pytest.mark.parametrize("depthwise", [False, True])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("dilation", [(2, 2), (2, 3)])
def test_values_and_gradients_are_tensorflows(padding, dilation, depthwise):
    rng = np.random.default_rng(0)
    inputs = tf.constant(rng.normal(size=(2, 12, 12, 3)).astype("float32"))
    kernel = tf.constant(rng.normal(size=(3, 3, 3, 2)).astype("float32"))

    def own(inputs, kernel):
        convolve = keras.ops.depthwise_conv if depthwise else keras.ops.conv
        return convolve(inputs, kernel, 1, padding, "channels_last", dilation)

    def ours(inputs, kernel):
        return dilated_convolution(inputs, kernel, padding, dilation, depthwise)

    made = []
    for function in (own, tf.function(ours)):
        with tf.GradientTape() as tape:
            tape.watch([inputs, kernel])
            outputs = function(inputs, kernel)
            loss = tf.reduce_sum(outputs**2)
        made.append([outputs, *tape.gradient(loss, [inputs, kernel])])
    for one, other in zip(*made, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-4)


def test_which_convolutions_have_gaps():
    assert has_gaps(layers.Conv2D(2, 3, dilation_rate=(1, 2)))
    assert has_gaps(layers.DepthwiseConv1D(3, dilation_rate=2))
    assert not has_gaps(layers.Conv2D(2, 3))
    assert not has_gaps(layers.Conv2D(2, 3, dilation_rate=2, groups=2))
    assert not has_gaps(layers.Dense(2))


def gaps(layers, make, start):
    image = start((12, 12, 3), name="image")
    x = layers.Conv2D(4, 3, padding="same", dilation_rate=2, activation="relu", name="same")(image)
    x = layers.Conv2D(4, 3, dilation_rate=(1, 2), use_bias=False, name="conv")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", dilation_rate=2, name="depthwise")(x)
    x = layers.DepthwiseConv2D(3, dilation_rate=2, activation="relu", name="valid")(x)
    x = layers.Flatten(name="flatten")(x)
    return make(image, layers.Dense(3, name="head")(x))


@pytest.mark.filterwarnings("ignore")
def test_a_model_with_gaps_is_the_twins_and_its_file_is_all_int8(tmp_path):
    keras.utils.set_random_seed(0)
    model = gaps(layers=layers, make=keras.Model, start=keras.Input)
    other = twin.keras_twin(gaps)
    twin.randomize(model)
    twin.copy_weights(model, other)
    ours, theirs = quantize_model(model), twin.quantized_twin(other)
    images = np.random.default_rng(1).random((64, 12, 12, 3), dtype="float32")
    ours(images, training=True)
    twin.set_ranges(ours)
    assert twin.copy_ranges(ours, theirs) == ([], [])
    expected = theirs(images, training=False)
    np.testing.assert_allclose(ours(images), expected, atol=1e-6)
    contents = [
        read(twin.int8_file(one, (12, 12, 3), tmp_path / f"{name}.tflite"))
        for name, one in (("ours", ours), ("theirs", theirs))
    ]
    names = [operator.name for operator in contents[0].operators]
    kinds = ["CONV_2D"] * 2 + ["DEPTHWISE_CONV_2D"] * 2 + ["RESHAPE", "FULLY_CONNECTED"]
    assert names == kinds and contents[0].float_operators() == []
    assert len(contents[1].float_operators()) > 4
    made = TFLiteFile(tmp_path / "ours.tflite").predict(images)
    step = contents[0].tensors[contents[0].outputs[0]].scale[0]
    np.testing.assert_allclose(made, expected, atol=2.01 * step)


@pytest.mark.filterwarnings("ignore")
def test_sequences_with_gaps_are_all_int8(tmp_path):
    words = keras.Input((12, 3))
    x = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")(words)
    x = layers.DepthwiseConv1D(3, padding="same", dilation_rate=2, activation="relu")(x)
    x = layers.Flatten()(x)
    model = quantize_model(keras.Model(words, layers.Dense(3)(x)))
    model.compile("sgd", "mse")
    values = np.random.default_rng(1).random((64, 12, 3), dtype="float32")
    model.fit(values, np.ones((64, 3)), verbose=0)
    contents = read(twin.int8_file(model, (12, 3), tmp_path / "sequences.tflite"))
    assert contents.float_operators() == []
    assert not any("BATCH" in operator.name for operator in contents.operators)
