import os
import subprocess
import sys
import textwrap
import threading

import keras
import numpy as np
import pytest

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


class Twice(keras.layers.Layer):
    """Uses its activation twice, and may wait in between."""

    def __init__(self):
        super().__init__()
        self.activation, self.wait = keras.activations.relu, lambda: None

    def build(self, shape):
        self.kernel = self.add_weight((shape[-1], 2), "ones", name="kernel")

    def call(self, inputs):
        first = self.activation(inputs @ self.kernel)
        self.wait()
        return first, self.activation(inputs @ self.kernel)


def test_another_thread_keeps_its_activation_when_this_one_is_done():
    """As MirroredStrategy's replicas, which change over in the middle of a call."""

    class Calls(FourBits):
        def set_quantize_activations(self, layer, quantize_activations):
            caller = threading.current_thread().name
            layer.activation = lambda x: (caller, quantize_activations[0](x))

    layer = QuantizeWrapper(Twice(), Calls())
    ones = np.ones((1, 3), "float32")
    layer.build((1, 3))
    other_is_in, this_is_done, seen = threading.Event(), threading.Event(), []

    def wait():
        if threading.current_thread().name == "other":
            other_is_in.set()
            this_is_done.wait(10)
        else:
            thread.start()
            other_is_in.wait(10)

    layer.layer.wait = wait
    thread = threading.Thread(target=lambda: seen.extend(layer.call(ones)), name="other")
    here = layer.call(ones)
    this_is_done.set()
    thread.join()
    assert [name for name, _ in here] == ["MainThread"] * 2
    assert [name for name, _ in seen] == ["other"] * 2
    assert layer.layer.activation is keras.activations.relu


REPLICAS = """
    import keras, numpy as np, tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras_distill as kd
    c, rng = kd.compression, np.random.default_rng(0)
    @keras.saving.register_keras_serializable()
    class Own(c.QuantizeConfig):
        def get_weights_and_quantizers(self, layer):
            return [(layer.kernel, c.LastValueQuantizer(4, False, True, True))]
        def get_activations_and_quantizers(self, layer):
            return [(layer.activation, c.MovingAverageQuantizer(8, False, False, False))]
        def set_quantize_weights(self, layer, quantize_weights):
            layer.kernel = quantize_weights[0]
        def set_quantize_activations(self, layer, quantize_activations):
            layer.activation = quantize_activations[0]
        def get_output_quantizers(self, layer):
            return [c.AllValuesQuantizer(8, False, False, False)]
    def net():
        net = keras.Sequential([keras.Input((6,)),
            c.quantize_annotate_layer(keras.layers.Dense(8, "gelu", name="hidden"), Own()),
            c.quantize_annotate_layer(keras.layers.Dense(4, "relu", name="head"), Own())])
        return c.quantize_apply(c.quantize_annotate_model(net))
    # Both replicas get the same half batch: they must be what one is on the whole.
    x, y = rng.normal(size=(4, 1, 4, 6)).astype("float32"), rng.normal(size=(4, 1, 4, 4))
    x, y = np.repeat(x, 2, 1).reshape(32, 6), np.repeat(y, 2, 1).reshape(32, 4)
    def run(strategy, x):
        keras.utils.set_random_seed(0)
        with strategy.scope():
            model = net()
            model.compile(keras.optimizers.SGD(0.05), "mse")
        start = [np.array(weight) for weight in model.weights]
        model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        moved = [np.any(weight != old) for weight, old in zip(model.weights, start, strict=True)]
        return model, moved
    alone, moved = run(tf.distribute.get_strategy(), x)
    mirrored, _ = run(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]), x)
    ranges = 0
    for own, shared, trained in zip(alone.weights, mirrored.weights, moved, strict=True):
        first, second = (each.numpy() for each in shared.value.values)
        np.testing.assert_array_equal(first, second)
        np.testing.assert_allclose(first, own.numpy(), atol=1e-5)
        ranges += trained and own.path.endswith(("min", "max"))
    # Of both layers, low and high each: kernels, outputs, before the gelu and after both.
    assert ranges >= 12, ranges
    for name, activation in (("hidden", keras.activations.gelu), ("head", keras.activations.relu)):
        assert mirrored.get_layer(name).layer.activation is activation
    # Other data on each: the ranges are still one.
    uneven = x * np.arange(1, 33, dtype="float32")[:, None]
    other, _ = run(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]), uneven)
    for shared in other.weights:
        first, second = (each.numpy() for each in shared.value.values)
        np.testing.assert_array_equal(first, second, err_msg=shared.path)
    class Plain(Own):
        def set_quantize_activations(self, layer, quantize_activations):
            layer.units = 9
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        layer = c.QuantizeWrapper(keras.layers.Dense(4, name="head"), Plain())
        try:
            layer(x)
        except ValueError as error:
            message = str(error)
    assert SENTENCE in message, message
"""
SENTENCE = (
    "Under a strategy of several replicas, a `QuantizeConfig` may set variables and functions of "
    "a layer only, which are another in each replica. Received: 'units' of layer 'head', set by "
    "Plain. Set a function, for example the activation, or train without the strategy."
)


@pytest.mark.slow
def test_two_replicas_train_as_one():
    script = f"SENTENCE = {SENTENCE!r}\n{textwrap.dedent(REPLICAS)}"
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
