import json
import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    ConstantSparsity,
    PolynomialDecay,
    PrunedLayer,
    prune_low_magnitude,
    strip_pruning,
)


def test_inference_masks_without_assigning():
    layer = PrunedLayer(keras.layers.Dense(1, use_bias=False), ConstantSparsity(0.5, 0))
    layer.build((None, 2))
    layer.kernels[0].assign([[1.0], [2.0]])
    layer.masks[0].assign([[0.0], [1.0]])
    np.testing.assert_array_equal(layer(np.array([[3.0, 5.0]], "float32")), [[10.0]])
    np.testing.assert_array_equal(layer.kernels[0], [[1.0], [2.0]])
    assert int(layer.pruning_step) == 0


def test_the_first_training_pass_is_step_one():
    schedule = PolynomialDecay(0.5, 0.5, begin_step=1, end_step=2, frequency=1)
    layer = PrunedLayer(keras.layers.Dense(1, use_bias=False), schedule)
    layer.build((None, 2))
    layer.kernels[0].assign([[1.0], [2.0]])
    layer(np.ones((1, 2), "float32"), training=True)
    assert int(layer.pruning_step) == 1
    np.testing.assert_array_equal(layer.kernels[0], [[0.0], [2.0]])


def test_configuration_goes_round():
    layer = PrunedLayer(keras.layers.Dense(3, name="d"), PolynomialDecay(0, 0.5, 1, 9, 2, 4))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert again.pruning_schedule.get_config() == layer.pruning_schedule.get_config()


def test_a_schedule_of_ones_own():
    @keras.saving.register_keras_serializable(package="test")
    class Mine(type(ConstantSparsity(0.1, 0))):
        pass

    layer = PrunedLayer(keras.layers.Dense(3), Mine(0.5, 0))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again.pruning_schedule) is Mine


def test_an_unknown_schedule_is_named():
    class Unknown(_tfmot.ConstantSparsity):
        pass

    config = PrunedLayer(keras.layers.Dense(3, name="d"), Unknown(0.5, 0)).get_config()
    with pytest.raises(ValueError) as caught:
        PrunedLayer.from_config(config)
    assert str(caught.value) == (
        "The pruning schedule 'Unknown' of layer 'd' is not known here. Register its class with "
        "`@keras.saving.register_keras_serializable()` and import it before loading the model."
    )


def test_configuration_of_the_pattern_goes_round():
    layer = PrunedLayer(keras.layers.Dense(4), ConstantSparsity(0.5, 0), (4, 1), "MAX",
                        chosen_by="Mine")  # fmt: skip
    text = json.dumps(keras.saving.serialize_keras_object(layer))
    again = keras.saving.deserialize_keras_object(json.loads(text))
    assert again.pattern == layer.pattern and again.chosen_by == "Mine"
    layer = PrunedLayer(keras.layers.Dense(4), ConstantSparsity(0.5, 0), sparsity_m_by_n=[2, 4])
    text = json.dumps(keras.saving.serialize_keras_object(layer))
    again = keras.saving.deserialize_keras_object(json.loads(text))
    assert again.pattern.sparsity_m_by_n == (2, 4)


def test_a_recurrent_layer_keeps_masks_and_states():
    tokens = keras.Input((6,), dtype="int32")
    x = keras.layers.Embedding(9, 4, mask_zero=True)(tokens)
    lstm = keras.layers.LSTM(3, return_sequences=True, return_state=True, name="lstm")
    last = keras.layers.LSTM(3, name="last")
    sequence, h, c = lstm(x)
    model = keras.Model(tokens, last(sequence, initial_state=[h, c]))
    pruned = prune_low_magnitude(model, ConstantSparsity(0.0, 0))
    x = np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 0]])
    np.testing.assert_array_equal(pruned.predict(x, verbose=0), model.predict(x, verbose=0))
    assert len(pruned.get_layer("lstm").masks) == 2


class Own(keras.layers.Layer):
    """A custom layer that says itself what is pruned."""

    def build(self, shape):
        self.free = self.add_weight((shape[-1], 2), "ones", name="free")
        self.pruned = self.add_weight((shape[-1], 2), "glorot_uniform", name="pruned")

    def call(self, inputs):
        return inputs @ self.free + inputs @ self.pruned

    def get_prunable_weights(self):
        return [self.pruned]


def test_a_custom_layer_says_what_is_pruned():
    layer = PrunedLayer(Own(), ConstantSparsity(0.5, 0, frequency=1))
    layer(np.ones((1, 4), "float32"), training=True)
    assert (np.asarray(layer.layer.pruned) == 0).mean() == 0.5
    assert (np.asarray(layer.layer.free) == 0).mean() == 0
    assert layer.kernels == [layer.layer.pruned]


@pytest.mark.parametrize(
    "policy", ["mixed_float16", pytest.param("mixed_bfloat16", marks=pytest.mark.slow)]
)
def test_mixed_precision(policy, tmp_path):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(8, 3, dtype=policy),
            layers.Flatten(dtype=policy),
            layers.Dense(4, dtype="float32"),
        ]
    )
    pruned = prune_low_magnitude(model, ConstantSparsity(0.75, 0, frequency=1))
    x = np.random.default_rng(0).normal(size=(8, 6, 6, 1)).astype("float32")
    np.testing.assert_array_equal(pruned.predict(x, verbose=0), model.predict(x, verbose=0))
    assert pruned.layers[0].output.dtype == policy.removeprefix("mixed_")
    assert pruned.layers[0].masks[0].dtype == "float32"
    pruned.compile("adam", "mse")
    pruned.fit(x, np.ones((8, 4)), verbose=0, shuffle=False)
    pruned.save(tmp_path / "pruned.keras")
    loaded = keras.models.load_model(tmp_path / "pruned.keras")
    for one in (pruned, loaded):
        one.fit(x, np.ones((8, 4)), verbose=0, shuffle=False)
    for old, new in zip(pruned.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    stripped = strip_pruning(pruned)
    for layer in (stripped.layers[0], stripped.layers[2]):
        assert (np.asarray(layer.kernel) == 0).mean() == 0.75
        assert np.isfinite(np.asarray(layer.kernel)).all()


def refused(*arguments):
    with pytest.raises(ValueError) as caught:
        PrunedLayer(*arguments)
    return str(caught.value)


def test_a_layer_without_a_kernel():
    assert refused(keras.layers.ReLU(name="r"), ConstantSparsity(0.5, 0)) == (
        "`PrunedLayer` expects a layer of one of these types: Conv1D, Conv2D, Conv2DTranspose, "
        "Conv3D, Conv3DTranspose, Dense, EinsumDense, Embedding, SeparableConv1D, "
        "SeparableConv2D, GRU, LSTM, RNN, SimpleRNN; or one with a method "
        "`get_prunable_weights()`. Received: <ReLU name=r, built=True>. Leave it unwrapped; it "
        "trains and predicts as it is."
    )


def test_wrapping_twice():
    layer = PrunedLayer(keras.layers.Dense(4, name="d"), ConstantSparsity(0.5, 0))
    assert refused(layer, ConstantSparsity(0.5, 0)) == (
        "`PrunedLayer` expects a layer that is not being pruned yet. Received: 'd', a PrunedLayer "
        "already. Use it as it is."
    )


REPLICAS = """
    import keras, numpy as np, tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras_distill as kd
    c, layers, rng = kd.compression, keras.layers, np.random.default_rng(0)
    x, y = rng.normal(size=(64, 6, 6, 4)).astype("float32"), rng.integers(0, 4, 64)
    def run(strategy, **pattern):
        keras.utils.set_random_seed(0)
        with strategy.scope():
            model = keras.Sequential([keras.Input((6, 6, 4)), layers.Conv2D(8, 3),
                layers.ReLU(), layers.EinsumDense("abcd,def->abcef", (4, 4, 2, 4)),
                layers.Flatten(), layers.Dense(4)])
            schedule = c.PolynomialDecay(0.1, 0.75, 1, 6, frequency=1)
            pruned = c.prune_low_magnitude(model, schedule, **pattern)
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            pruned.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
        pruned.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0,
            callbacks=[c.UpdatePruningStep()])
        return [layer for layer in pruned.layers if isinstance(layer, c.PrunedLayer)]
    for pattern in ({}, {"sparsity_m_by_n": (2, 4)}):
        alone = run(tf.distribute.get_strategy(), **pattern)
        mirrored = run(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]), **pattern)
        for one, two in zip(alone, mirrored, strict=True):
            for own, shared in ((one.masks[0], two.masks[0]), (one.pruning_step, two.pruning_step)):
                replicas = [each.numpy() for each in shared.value.values]
                assert len(replicas) == 2
                for replica in replicas:
                    np.testing.assert_array_equal(own.numpy(), replica)
            assert int(one.pruning_step) == 8
            first, second = (each.numpy() for each in two.kernels[0].value.values)
            np.testing.assert_array_equal(first, second)
            np.testing.assert_array_equal(first == 0, one.masks[0].numpy() == 0)
"""


@pytest.mark.slow
def test_masks_are_equal_on_both_replicas():
    command = [sys.executable, "-c", textwrap.dedent(REPLICAS)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
