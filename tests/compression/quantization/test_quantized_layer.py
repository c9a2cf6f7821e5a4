import keras
import numpy as np
import pytest

from keras_distill.compression import QuantizedLayer


def test_kernel_is_rounded_to_127_levels_by_hand():
    layer = QuantizedLayer(keras.layers.Dense(1, use_bias=False), "per_tensor")
    layer.build((None, 3))
    layer.layer.kernel.assign([[1.0], [0.3], [-0.26]])
    layer(np.ones((1, 3), "float32"), training=True)
    expected = np.array([[127], [38], [-33]]) / 127  # 0.3 * 127 = 38.1, 0.26 * 127 = 33.02
    np.testing.assert_allclose(layer.fake_kernel(), expected, atol=1e-6)


def test_preserved_zeros_get_no_gradient():
    layer = QuantizedLayer(keras.layers.Dense(1), "per_tensor", preserve_sparsity=True)
    model = keras.Sequential([keras.Input((4,)), layer])
    layer.layer.kernel.assign([[0.0], [0.5], [0.0], [-0.5]])
    layer.keep_zeros()
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
    expected = np.tensordot(inputs, layer.fake_kernel(), 1)
    np.testing.assert_allclose(layer(inputs), expected, atol=1e-6)
    assert np.abs(expected - np.tensordot(inputs, inner.kernel, 1)).max() > 1e-3


def test_configuration_goes_round():
    layer = QuantizedLayer(keras.layers.Conv2D(2, 3), "per_channel", True, True, True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
