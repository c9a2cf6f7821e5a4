"""Against the definition: activations times gradients, and scaled kernel rows."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_distill.compression.channels.channel_graph import ChannelGraph
from keras_distill.compression.channels.taylor_scores import taylor_scores

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def data(shape, count=40):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, *shape)).astype("float32"), rng.integers(0, 3, count)


def test_activation_times_gradient_of_each_example():
    x, y = data((6, 6, 2))
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(4, 3, name="a"),
            layers.BatchNormalization(beta_initializer="random_normal"),
            layers.Activation("tanh"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(3, name="head"),
        ]
    )
    body = keras.Sequential(model.layers[:3])
    expected = np.zeros(4)
    for image, label in zip(x, y, strict=True):
        with tf.GradientTape() as tape:
            activation = body(image[None], training=False)
            tape.watch(activation)
            logits = model.layers[-1](keras.ops.reshape(activation, (1, -1)))
            value = LOSS(label[None], logits)
        product = np.array(activation * tape.gradient(value, activation))
        expected += np.abs(product.sum((0, 1, 2))) / len(x)
    before = [np.array(weight) for weight in model.weights]
    graph = ChannelGraph(model)
    scores = taylor_scores(graph, model, (x, y), LOSS)
    np.testing.assert_allclose(scores[graph.tied()[0].numbers], expected, rtol=1e-5, atol=1e-9)
    assert all((a == np.array(b)).all() for a, b in zip(before, model.weights, strict=True))
    assert not any("call" in layer.__dict__ for layer in model.layers)


def test_a_channel_that_two_kernels_read():
    x, y = data((5,), 8)
    inputs = keras.Input((5,))
    start = layers.Dense(4, "relu", name="a")(inputs)
    total = layers.Add()([layers.Dense(4, name="b")(start), start])
    model = keras.Model(inputs, layers.Dense(3, name="head")(total))
    expected = np.zeros(4)
    kernels = [model.get_layer(name).kernel for name in ("b", "head")]
    for example in zip(x, y, strict=True):
        with tf.GradientTape() as tape:
            value = LOSS(example[1][None], model(example[0][None]))
        gradients = tape.gradient(value, [kernel.value for kernel in kernels])
        # Scaling a kernel's row is gating the channel that it reads.
        gates = [np.array(k) * np.array(g) for k, g in zip(kernels, gradients, strict=True)]
        expected += np.abs(sum(gate.sum(1) for gate in gates)) / len(x)
    graph = ChannelGraph(model)
    model.compile(loss=LOSS)
    for given in ((x, y), [x, y], [(x[:5], y[:5]), (x[5:], y[5:])], tf_data(x, y)):
        scores = taylor_scores(graph, model, given)
        np.testing.assert_allclose(scores[graph.tied()[0].numbers], expected, rtol=1e-5, atol=1e-8)


def test_layers_inside_nested_models_have_gates_too():
    x, y = data((5,), 8)
    a, b, c = layers.Dense(4, "tanh"), layers.Dense(6, "relu"), layers.Dense(3)
    flat = keras.Sequential([keras.Input((5,)), a, b, c])
    inner = keras.Sequential([keras.Input((4,)), b], name="inner")
    inputs = keras.Input((5,))
    nested = keras.Model(inputs, c(inner(a(inputs))))
    found = []
    for model in (flat, nested):
        graph = ChannelGraph(model)
        scores = taylor_scores(graph, model, (x, y), LOSS)
        found.append(np.concatenate([scores[tied.numbers] for tied in graph.tied()]))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-6)
    assert (found[0][:4] > 0).all()


def tf_data(x, y):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(3)


def test_layers_are_as_they_were_after_an_error():
    model = keras.Sequential([keras.Input((5,)), layers.Dense(4), layers.Dense(3)])
    with pytest.raises(Exception, match="shape"):
        taylor_scores(ChannelGraph(model), model, (np.ones((2, 7)), np.ones(2)), LOSS)
    assert not any("call" in layer.__dict__ for layer in model.layers)
