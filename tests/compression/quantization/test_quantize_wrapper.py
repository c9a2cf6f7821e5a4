import keras
import numpy as np

from keras_distill.compression import (
    LastValueQuantizer,
    MovingAverageQuantizer,
    QuantizeConfig,
    QuantizeWrapper,
)


@keras.saving.register_keras_serializable(package="test_quantize_wrapper")
class FourBits(QuantizeConfig):
    """TF-MOT's guide: a Dense layer with weights of four bits."""

    def get_weights_and_quantizers(self, layer):
        return [(layer.kernel, LastValueQuantizer(4, False, True, True))]

    def get_activations_and_quantizers(self, layer):
        return [(layer.activation, MovingAverageQuantizer(8, False, False, False))]

    def set_quantize_weights(self, layer, quantize_weights):
        layer.kernel = quantize_weights[0]

    def set_quantize_activations(self, layer, quantize_activations):
        layer.activation = quantize_activations[0]

    def get_output_quantizers(self, layer):
        return []


def test_weights_of_four_bits_by_hand():
    layer = QuantizeWrapper(keras.layers.Dense(1, use_bias=False), FourBits())
    layer.build((None, 3))
    layer.layer.kernel.assign([[0.7], [0.32], [-0.26]])
    made = layer(np.eye(3, dtype="float32"), training=True)
    # Steps of 0.1 from -0.7 to 0.7, then 256 levels of nearly [-6, 6].
    np.testing.assert_allclose(made, [[0.7], [0.3], [-0.3]], atol=12 / 255 / 2 + 1e-6)
    assert layer.layer.activation is keras.activations.linear
    np.testing.assert_allclose(layer.layer.kernel, [[0.7], [0.32], [-0.26]])


def test_statistics_that_the_layer_assigns_are_kept():
    class Gamma(FourBits):
        def get_weights_and_quantizers(self, layer):
            return [(layer.gamma, LastValueQuantizer(8, False, True, True))]

        def get_activations_and_quantizers(self, layer):
            return []

        def set_quantize_weights(self, layer, quantize_weights):
            layer.gamma = quantize_weights[0]

        def set_quantize_activations(self, layer, quantize_activations):
            pass

    layer = QuantizeWrapper(keras.layers.BatchNormalization(momentum=0.5), Gamma())
    layer(np.full((4, 2), 2.0, "float32"), training=True)
    np.testing.assert_allclose(layer.layer.moving_mean, [1.0, 1.0])


def test_saved_loaded_and_trained_on_equals_the_unbroken_run(tmp_path):
    wrapped = QuantizeWrapper(keras.layers.Dense(2, activation="relu"), FourBits())
    model = keras.Sequential([keras.Input((4,)), wrapped])
    model.compile("adam", "mse")
    values, targets = np.random.default_rng(0).random((2, 32, 4)).astype("float32")
    model.fit(values, targets[:, :2], shuffle=False, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for one in (model, loaded):
        one.fit(values, targets[:, :2], shuffle=False, verbose=0)
    for old, new in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_custom_layer_that_knows_no_shapes():
    class Product(keras.layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight((shape[-1], 2), "ones", name="kernel")

        def call(self, inputs):
            return inputs @ self.kernel

    class Output(FourBits):
        def get_activations_and_quantizers(self, layer):
            return []

        def set_quantize_activations(self, layer, quantize_activations):
            pass

        def get_output_quantizers(self, layer):
            return [MovingAverageQuantizer(8, False, False, False)]

    layer = QuantizeWrapper(Product(), Output())
    model = keras.Sequential([keras.Input((3,)), layer])
    assert model.output_shape == (None, 2)
    made = model(np.ones((1, 3), "float32"), training=True)
    np.testing.assert_allclose(made, [[3.0, 3.0]], atol=0.03)


def test_a_mask_goes_through():
    layer = QuantizeWrapper(keras.layers.Dense(2), FourBits())
    tokens = np.array([[1, 2, 0]])
    embedded = keras.layers.Embedding(3, 4, mask_zero=True)(tokens)
    np.testing.assert_array_equal(layer(embedded)._keras_mask, tokens != 0)
