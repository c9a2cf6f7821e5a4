"""Masks bit-equal to TF-MOT's on the tf_keras twin, for every pattern and kind of layer.

Both sides are fed the same gradients: Keras 2 and 3 round theirs apart in BatchNormalization,
depthwise and recurrent layers, and it is pruning that is compared. Of the forward passes only
that they ran matters: they are what updates masks and kernels.
"""

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    ConstantSparsity,
    PolynomialDecay,
    PrunedLayer,
    UpdatePruningStep,
    prune_low_magnitude,
    strip_pruning,
)


def mlp(layers, make, start):
    x = image = start((12,))
    x = layers.Dense(16, activation="relu", name="hidden")(x)
    return make(image, layers.Dense(7, name="head")(x))


def convolutions(layers, make, start):
    x = image = start((6, 6, 4))
    x = layers.Conv2D(8, 3, name="conv_1")(x)
    x = layers.Conv2DTranspose(4, 2, name="up")(x)
    x = layers.Conv2D(4, 1, use_bias=False, name="conv_2")(x)
    x = layers.Flatten(name="flatten")(x)
    return make(image, layers.Dense(4, name="head")(x))


def sequence(layers, make, start):
    x = image = start((8,), dtype="int32")
    x = layers.Embedding(20, 8, name="embedding")(x)
    x = layers.Conv1D(8, 3, name="conv")(x)
    x = layers.SeparableConv1D(8, 2, name="separable")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    return make(image, layers.Dense(4, name="head")(x))


def lstm(layers, make, start):
    x = image = start((3, 4))
    x = layers.LSTM(8, name="lstm")(x)
    return make(image, layers.Dense(4, name="head")(x))


def recurrent(layers, make, start):
    x = image = start((3, 4))
    x = layers.GRU(8, return_sequences=True, name="gru")(x)
    x = layers.SimpleRNN(8, return_sequences=True, name="simple")(x)
    cells = [layers.LSTMCell(4), layers.GRUCell(8)]
    x = layers.RNN(layers.StackedRNNCells(cells), name="stacked")(x)
    return make(image, layers.Dense(4, name="head")(x))


def residual(layers, make, start):
    image = start((6, 6, 2))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv_1")(image)
    short = x = layers.ReLU(name="relu_1")(layers.BatchNormalization(name="norm_1")(x))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv_2")(x)
    x = layers.Add(name="add")([layers.BatchNormalization(name="norm_2")(x), short])
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return make(image, layers.Dense(4, name="head")(x))


def depthwise_separable(layers, make, start):
    image = start((6, 6, 2))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")(image)
    x = layers.BatchNormalization(name="norm_1")(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = layers.BatchNormalization(name="norm_2")(x)
    x = layers.SeparableConv2D(8, 3, name="separable")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return make(image, layers.Dense(4, name="head")(x))


def concatenated(layers, make, start):
    image = start((6, 6, 4))
    left = layers.Conv2D(4, 3, padding="same", name="left")(image)
    right = layers.Conv2D(8, 1, name="right")(image)
    x = layers.Concatenate(name="concatenate")([left, right])
    x = layers.Flatten(name="flatten")(x)
    return make(image, layers.Dense(4, name="head")(x))


def both(build, **arguments):
    """Our pruned model and TF-MOT's, made by one function, of the same weights."""
    from_tfmot = _tfmot.Pruning.__module__.replace("pruning_impl", "prune")
    import importlib

    import tf_keras

    model = build(keras.layers, keras.Model, keras.Input)
    twin = build(tf_keras.layers, tf_keras.Model, tf_keras.Input)
    for layer in model.layers:
        if layer.weights:
            twin.get_layer(layer.name).set_weights(layer.get_weights())
    theirs = importlib.import_module(from_tfmot).prune_low_magnitude(twin, **arguments)
    return prune_low_magnitude(model, **arguments), theirs


def train(ours, theirs, steps=20, seed=0):
    """Steps of momentum on both sides, of the same gradients."""
    import tensorflow as tf
    import tf_keras

    rng = np.random.default_rng(seed)
    tensor = ours.inputs[0]
    batch = np.ones((2, *tensor.shape[1:]), tensor.dtype)
    their_layers = {layer.layer.name: layer for layer in theirs.layers if hasattr(layer, "layer")}
    for layer in their_layers.values():
        layer.pruning_step.assign(0)  # what TF-MOT's callback does when training begins
    our_weights, their_weights = [], []
    for layer in ours.layers:
        inner = layer.layer if isinstance(layer, PrunedLayer) else layer
        if inner.trainable_weights:
            our_weights += inner.trainable_weights
            their_weights += their_layers[layer.name].layer.trainable_weights
    optimizers = [
        kind(learning_rate=0.1, momentum=0.9)
        for kind in (keras.optimizers.SGD, tf_keras.optimizers.SGD)
    ]
    for optimizer, weights in zip(optimizers, (our_weights, their_weights), strict=True):
        optimizer.build(weights)

    @tf.function
    def step(x, gradients):
        for optimizer, model, weights in zip(
            optimizers, (ours, theirs), (our_weights, their_weights), strict=True
        ):
            model(x, training=True)
            optimizer.apply_gradients(zip(gradients, weights, strict=True))

    for _ in range(steps):
        made = [rng.normal(size=weight.shape).astype("float32") for weight in our_weights]
        step(tf.constant(batch), [tf.constant(gradient) for gradient in made])
    return their_layers


def compare(ours, their_layers):
    """How many masks were compared, all equal to the bit, with thresholds and kernels."""
    masks = 0
    for layer in ours.layers:
        if not isinstance(layer, PrunedLayer):
            assert not getattr(their_layers.get(layer.name), "pruning_vars", None), layer.name
            continue
        theirs = their_layers[layer.name]
        assert int(layer.pruning_step) == int(theirs.pruning_step)
        mine = zip(layer.kernels, layer.masks, layer.thresholds, strict=True)
        for three, variables in zip(mine, theirs.pruning_vars, strict=True):
            for own, other in zip(three, variables, strict=True):
                np.testing.assert_array_equal(own, other, err_msg=layer.name)
            masks += 1
    return masks


def slow(*arguments):
    return pytest.param(*arguments, marks=pytest.mark.slow)


DECAY = {"pruning_schedule": lambda: PolynomialDecay(0.1, 0.75, 1, 17, frequency=4)}
CONSTANT = {"pruning_schedule": lambda: ConstantSparsity(0.6, 2, frequency=3)}
M_BY_N = {"sparsity_m_by_n": (2, 4)}


@pytest.mark.parametrize(
    "build, masks, arguments",
    [
        (mlp, 2, {**DECAY, "block_size": (2, 2)}),
        (mlp, 2, {**CONSTANT, "block_size": (2, 2), "block_pooling_type": "MAX"}),
        slow(mlp, 2, {**DECAY, "block_size": (4, 1)}),
        slow(mlp, 2, {**DECAY, "block_size": (5, 3), "block_pooling_type": "MAX"}),
        (mlp, 2, M_BY_N),
        slow(mlp, 2, {"sparsity_m_by_n": (1, 2)}),
        slow(convolutions, 4, M_BY_N),
        slow(convolutions, 4, DECAY),
        slow(sequence, 4, DECAY),
        (lstm, 3, DECAY),
        slow(recurrent, 9, DECAY),
        slow(recurrent, 9, M_BY_N),
        slow(recurrent, 9, {**DECAY, "block_size": (2, 2)}),
        (residual, 3, DECAY),
        slow(depthwise_separable, 3, DECAY),
        slow(concatenated, 3, CONSTANT),
    ],
)
def test_twenty_steps_are_bit_equal_to_tfmot_on_the_twin(build, masks, arguments):
    arguments = {
        key: value() if key == "pruning_schedule" else value for key, value in arguments.items()
    }
    ours, theirs = both(build, **arguments)
    assert compare(ours, train(ours, theirs)) == masks


def test_two_zeros_in_every_four_along_the_input_channels():
    ours, theirs = both(convolutions, **M_BY_N)
    train(ours, theirs, steps=3)
    for name, axis in (("conv_1", 2), ("conv_2", 2), ("up", 2), ("head", 0)):
        kernel = np.asarray(strip_pruning(ours).get_layer(name).kernel)
        rows = np.moveaxis(kernel, axis, -1).reshape(-1, 4)
        np.testing.assert_array_equal((rows == 0).sum(-1), 2, err_msg=name)


def test_blocks_are_zero_together():
    ours, theirs = both(mlp, pruning_schedule=ConstantSparsity(0.5, 0, frequency=1),
                        block_size=(4, 1))  # fmt: skip
    train(ours, theirs, steps=3)
    kernel = np.asarray(strip_pruning(ours).get_layer("hidden").kernel)
    zeros = (kernel.reshape(3, 4, 16) == 0).sum(1)
    assert set(np.unique(zeros)) == {0, 4} and (zeros == 4).mean() == 0.5


def test_steps_and_kernels_after_fit_with_the_callback():
    from_tfmot = _tfmot.Pruning.__module__.replace("pruning_impl", "pruning_callbacks")
    import importlib

    ours, theirs = both(mlp, pruning_schedule=ConstantSparsity(0.5, 0, frequency=1))
    x, y = np.ones((6, 12), "float32"), np.ones((6, 7), "float32")
    their_callback = importlib.import_module(from_tfmot).UpdatePruningStep()
    for model, callback in ((ours, UpdatePruningStep()), (theirs, their_callback)):
        model.compile("sgd", "mse")
        model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0, callbacks=[callback])
    assert compare(ours, {layer.layer.name: layer for layer in theirs.layers[1:]}) == 2
    assert int(ours.layers[1].pruning_step) == 6
    assert (np.asarray(ours.layers[1].kernels[0]) == 0).mean() == 0.5
