import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from keras_distill.compression import QuantizedLayer, quantize_model


def test_kernel_is_rounded_to_127_levels_by_hand():
    layer = QuantizedLayer(keras.layers.Dense(1, use_bias=False), "per_tensor")
    layer.build((None, 3))
    layer.layer.kernel.assign([[1.0], [0.3], [-0.26]])
    layer(np.ones((1, 3), "float32"), training=True)
    expected = np.array([[127], [38], [-33]]) / 127  # 0.3 * 127 = 38.1, 0.26 * 127 = 33.02
    np.testing.assert_allclose(layer.kernel_quantizer.fake(), expected, atol=1e-6)


def test_preserved_zeros_get_no_gradient():
    layer = QuantizedLayer(keras.layers.Dense(1), "per_tensor", preserve_sparsity=True)
    model = keras.Sequential([keras.Input((4,)), layer])
    layer.layer.kernel.assign([[0.0], [0.5], [0.0], [-0.5]])
    layer.kernel_quantizer.keep_zeros()
    model.compile(keras.optimizers.Adam(0.1), "mse")
    model.fit(np.ones((8, 4)), np.ones((8, 1)), epochs=3, verbose=0)
    kernel = np.asarray(layer.layer.kernel)[:, 0]
    assert list(kernel == 0) == [True, False, True, False]
    assert abs(kernel[1] - 0.5) > 0.01


def test_hard_swish_is_keras_own_up_to_rounding():
    values = np.linspace(-5, 5, 101).astype("float32")
    layer = QuantizedLayer(keras.layers.Activation("hard_silu"))
    np.testing.assert_allclose(layer(values), keras.activations.hard_silu(values), atol=1e-6)


def test_activation_is_given_back():
    inner = keras.layers.Dense(2, activation="sigmoid")
    layer = QuantizedLayer(inner, "per_tensor", before_activation=True)
    layer(np.ones((1, 3), "float32"), training=True)
    assert inner.activation is keras.activations.sigmoid


def test_without_quantizers_it_is_the_layer(build):
    images = np.random.default_rng(0).random((4, 8, 8, 1)).astype("float32")
    inner = keras.layers.Conv2D(3, 3, activation="relu")
    layer = QuantizedLayer(inner)
    np.testing.assert_array_equal(layer(images, training=True), inner(images))


@pytest.mark.parametrize(
    "inner",
    [
        keras.layers.Dense(5),
        keras.layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d"),
        # As MultiHeadAttention has them: three axes, and no convolution.
        keras.layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"),
    ],
)
def test_products_of_sequences_are_with_the_rounded_kernel(inner):
    layer = QuantizedLayer(inner, "per_tensor")
    inputs = np.random.default_rng(0).normal(size=(4, 6, 8)).astype("float32")
    layer(inputs, training=True)
    expected = np.tensordot(inputs, layer.kernel_quantizer.fake(), 1)
    np.testing.assert_allclose(layer(inputs), expected, atol=1e-6)
    assert np.abs(expected - np.tensordot(inputs, inner.kernel, 1)).max() > 1e-3


def test_configuration_goes_round():
    layer = QuantizedLayer(keras.layers.Conv2D(2, 3), "per_channel", True, True, True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()


def test_a_mask_goes_through_a_quantized_model():
    """What stands behind a mask must not matter to the mean, quantized or not."""
    words = keras.Input((5,), dtype="int32")
    x = keras.layers.Embedding(9, 4, mask_zero=True)(words)
    x = keras.layers.Dense(4, activation="relu", bias_initializer="ones")(x)
    model = keras.Model(words, keras.layers.GlobalAveragePooling1D()(x))
    quantized = quantize_model(model)
    tokens = np.array([[1, 2, 0, 0, 0], [3, 4, 5, 6, 0]])
    quantized(tokens, training=True)
    made = quantized.predict(tokens, verbose=0)
    np.testing.assert_allclose(made, model.predict(tokens, verbose=0), atol=12 / 255)
    hidden = keras.Model(quantized.input, quantized.layers[-2].output)(tokens[:1])
    np.testing.assert_allclose(made[0], np.mean(hidden[0, :2], axis=0), atol=12 / 255 / 2)


REPLICAS = """
    import keras, numpy as np, tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras_distill as kd
    layers, rng = keras.layers, np.random.default_rng(0)
    def net():
        words = keras.Input((6, 4))
        x = layers.Conv1D(8, 3, activation="gelu", padding="same", name="conv")(words)
        x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
        x = layers.Flatten()(x)
        return keras.Model(words, layers.Dense(4, activation="sigmoid", name="head")(x))
    # Both replicas get the same half batch: they must be what one is on the whole.
    x, y = rng.normal(size=(4, 1, 4, 6, 4)).astype("float32"), rng.normal(size=(4, 1, 4, 4))
    x, y = np.repeat(x, 2, 1).reshape(32, 6, 4), np.repeat(y, 2, 1).reshape(32, 4)
    def run(strategy):
        keras.utils.set_random_seed(0)
        with strategy.scope():
            model = kd.compression.quantize_model(net())
            model.compile(keras.optimizers.SGD(0.05), "mse")
        model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        return model
    alone = run(tf.distribute.get_strategy())
    mirrored = run(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
    for own, shared in zip(alone.weights, mirrored.weights, strict=True):
        first, second = (each.numpy() for each in shared.value.values)
        np.testing.assert_array_equal(first, second)
        np.testing.assert_allclose(first, own.numpy(), atol=1e-5)
    conv = mirrored.get_layer("conv")
    assert conv.layer.activation is keras.activations.gelu
"""


@pytest.mark.slow
def test_two_replicas_train_as_one():
    command = [sys.executable, "-c", textwrap.dedent(REPLICAS)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
