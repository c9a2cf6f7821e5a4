"""The function, and that every wrapper that stands on it leaves a layer all it does."""

import keras
import numpy as np
import pytest

from keras_distill.compression import (
    ClusteredLayer,
    ConstantSparsity,
    LastValueQuantizer,
    PrunedComposite,
    PrunedLayer,
    QuantizeConfig,
    QuantizedComposite,
    QuantizedLayer,
    QuantizeWrapper,
    quantize_model,
)
from keras_distill.compression.graph.substituted_weights import substituted_weights

layers, regularizers = keras.layers, keras.regularizers
ONES = np.ones((2, 3), "float32")


@keras.saving.register_keras_serializable(package="test_substituted_weights")
class Restless(layers.Layer):
    """Everything that a call can do to its layer: a loss, a draw, a count."""

    def build(self, shape):
        self.kernel = self.add_weight((shape[-1], 2), "glorot_uniform", name="kernel")
        self.count = self.add_weight((), "zeros", name="count", trainable=False)
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, inputs):
        self.count.assign_add(1)
        outputs = inputs @ self.kernel
        self.add_loss(keras.ops.sum(outputs**2))
        return outputs + keras.random.normal((2,), seed=self.seeds)

    def get_prunable_weights(self):
        return [self.kernel]


@keras.saving.register_keras_serializable(package="test_substituted_weights")
class Around(layers.Layer):
    """A composite of a restless layer, itself restless."""

    def build(self, shape):
        self.inner, self.dense = Restless(), layers.Dense(2, activity_regularizer="l2")
        self.inner.build(shape)
        self.dense.build((None, 2))
        self.total = self.add_weight((), "zeros", name="total", trainable=False)

    def call(self, inputs):
        self.total.assign_add(1)
        self.add_loss(keras.ops.sum(inputs))
        return self.dense(self.inner(inputs))


class Identity(QuantizeConfig):
    """Substitutes the kernel by itself."""

    def get_weights_and_quantizers(self, layer):
        return [(layer.kernel, Same(8, False, True, True))]

    def get_activations_and_quantizers(self, layer):
        return []

    def set_quantize_weights(self, layer, quantize_weights):
        layer.kernel = quantize_weights[0]

    def set_quantize_activations(self, layer, quantize_activations):
        pass

    def get_output_quantizers(self, layer):
        return []


class Same(type(LastValueQuantizer(8, False, True, True))):
    def __call__(self, inputs, training, weights, **kwargs):
        return inputs


def test_the_values_are_seen_and_everything_else_is_done():
    layer = Restless()
    layer.build((None, 3))
    value = keras.ops.ones((3, 2))
    before = np.asarray(layer.kernel).copy()
    with substituted_weights(layer, [(layer.kernel, value)]):
        one = layer(ONES)
    assert [float(loss) for loss in layer.losses] == [36.0]
    with substituted_weights(layer, [(layer.kernel, value)]):
        other = layer(ONES)
    # The same two draws as of a layer with this kernel.
    alone = Restless()
    alone.build((None, 3))
    alone.kernel.assign(value)
    np.testing.assert_array_equal([one, other], [alone(ONES), alone(ONES)])
    assert np.abs(one - other).max() > 0.1
    assert float(layer.count) == 2
    np.testing.assert_array_equal(layer.kernel, before)


def test_losses_can_be_dropped():
    layer = Restless()
    layer.build((None, 3))
    with substituted_weights(layer, [], losses=False):
        layer(ONES)
    assert layer.losses == [] and float(layer.count) == 1


def test_nothing_is_assigned_by_a_call_that_fails():
    layer = Restless()
    layer.build((None, 3))
    with pytest.raises(KeyError), substituted_weights(layer, [(layer.kernel, layer.kernel)]):
        layer(ONES)
        raise KeyError
    assert float(layer.count) == 0


def test_a_stateless_call_outside_keeps_its_values():
    layer = PrunedLayer(layers.Dense(2, bias_initializer="ones"), ConstantSparsity(0.5, 0))
    layer(ONES)
    zeros = [keras.ops.zeros_like(variable) for variable in layer.trainable_variables]
    others = [variable.value for variable in layer.non_trainable_variables]
    outputs, _ = layer.stateless_call(zeros, others, ONES)
    np.testing.assert_array_equal(outputs, np.zeros((2, 2)))


def wrapped(kind, layer):
    if kind == "pruned":
        return PrunedLayer(layer, ConstantSparsity(0.0, 0))
    if kind == "configured":
        return QuantizeWrapper(layer, Identity())
    return QuantizedLayer(layer)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", ["pruned", "configured", "quantized"])
def test_a_restless_layer_in_a_wrapper_is_itself(kind, training):
    keras.utils.set_random_seed(0)
    alone, inner = (Restless(activity_regularizer="l2") for _ in range(2))
    layer = wrapped(kind, inner)
    for one in (alone, layer):
        one.build((None, 3))
    inner.kernel.assign(alone.kernel)
    for step in range(3):
        expected = alone(ONES)
        np.testing.assert_array_equal(layer(ONES, training=training), expected)
        assert [float(loss) for loss in layer.losses] == [float(loss) for loss in alone.losses]
        assert len(layer.losses) == 2
        assert float(inner.count) == step + 1


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", ["pruned", "quantized"])
def test_a_restless_composite_is_itself(kind, training):
    alone, inner = Around(), Around()
    if kind == "pruned":
        layer = PrunedComposite(inner, ["inner", "dense"], ConstantSparsity(0.0, 0))
    else:
        layer = QuantizedComposite(inner, {"dense": {}})
    for one in (alone, layer):
        one(ONES)
    for weight, other in zip(inner.trainable_weights, alone.trainable_weights, strict=True):
        weight.assign(other)
    for step in range(3):
        expected = alone(ONES)
        np.testing.assert_array_equal(layer(ONES, training=training), expected)
        losses, rest = ([float(loss) for loss in one.losses] for one in (layer, alone))
        assert sorted(losses) == sorted(rest) and len(rest) == 3
        assert float(inner.total) == float(inner.inner.count) == step + 2


def regularized(kind=None):
    given = {"kernel_regularizer": regularizers.L2(0.1), "bias_regularizer": regularizers.L1(0.2)}
    given |= {"activity_regularizer": regularizers.L2(0.3), "bias_initializer": "ones"}
    values = np.random.default_rng(0).normal(size=(4, 8, 8)).astype("float32")
    if kind == "conv_2d":
        return layers.Conv2D(3, 2, **given), values[..., None]
    if kind == "conv_1d":
        return layers.Conv1D(3, 2, **given), values
    if kind == "sequence":
        return layers.Dense(3, **given), values
    return layers.Dense(3, **given), values[:, 0]


KINDS = ("dense", "sequence", "conv_1d", "conv_2d")


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_losses_of_regularizers_under_identity(kind, training):
    alone, values = regularized(kind)
    alone.build(values.shape)
    kernel = alone.kernel
    # Few values, all of which int8 can hold: each wrapper changes nothing.
    kernel.assign(np.resize([1.0, -1.0, 0.0], kernel.shape))
    alone(values)
    expected = sorted(float(loss) for loss in alone.losses)
    assert len(expected) == 3
    made = {
        "pruned": lambda inner: PrunedLayer(inner, ConstantSparsity(0.0, 0)),
        "clustered": lambda inner: ClusteredLayer(inner, 3),
        "quantized": lambda inner: QuantizedLayer(inner, KERNELS[type(inner)]),
        "float": QuantizedLayer,
    }
    for name, wrap in made.items():
        inner, _ = regularized(kind)
        inner.build(values.shape)
        inner.set_weights(alone.get_weights())
        layer = wrap(inner)
        layer(values, training=True)  # Ranges of the kernel.
        layer(values, training=training)
        losses = sorted(float(loss) for loss in layer.losses)
        np.testing.assert_allclose(losses, expected, rtol=1e-6, err_msg=name)


KERNELS = {layers.Dense: "per_tensor", layers.Conv1D: "per_channel", layers.Conv2D: "per_channel"}


def test_an_activity_is_regularized_once_behind_the_quantizers():
    layer = layers.Add(activity_regularizer=regularizers.L2(1.0))
    wrapper = QuantizedLayer(layer, output=True)
    terms = [np.full((2, 3), value, "float32") for value in (1.0, 2.0, 1.5)]
    outputs = wrapper(terms, training=True)
    assert np.abs(outputs - 4.5).max() > 1e-4
    np.testing.assert_allclose(wrapper.losses, [np.sum(np.square(outputs)) / 2], rtol=1e-6)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(wrapper))
    again(terms)
    assert again.get_config() == wrapper.get_config() and len(again.losses) == 1


def test_a_regularized_model_evaluates_to_the_loss_of_its_layers():
    image = keras.Input((8, 8, 1))
    x = regularized("conv_2d")[0](image)
    x = layers.Flatten()(x)
    model = keras.Model(image, regularized()[0](x))
    values = regularized("conv_2d")[1]
    quantized = quantize_model(model)
    quantized(values, training=True)
    outputs = quantized(values)
    assert len(quantized.losses) == 6
    quantized.compile(loss="mse")
    expected = np.mean(np.square(outputs)) + sum(float(loss) for loss in quantized.losses)
    measured = quantized.evaluate(values, np.zeros(outputs.shape), verbose=0)
    np.testing.assert_allclose(measured, expected, rtol=1e-5)
