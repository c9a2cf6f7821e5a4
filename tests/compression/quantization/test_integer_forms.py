"""Each form computes what the layer's own code computes, when nothing is rounded."""

import keras
import numpy as np
import pytest

from keras_distill.compression.quantization.integer_forms import (
    count_intermediates,
    integer_activation,
    integer_form,
)

layers = keras.layers


def unrounded(name, values):
    return values


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Conv1D(3, 3, activation="relu", bias_initializer="ones"), (9, 4)),
        (layers.Conv1D(3, 3, padding="causal", dilation_rate=2), (9, 4)),
        (layers.Conv1D(3, 2, padding="same", strides=2), (9, 4)),
        (layers.Conv1D(4, 2, groups=2), (9, 4)),
        (layers.DepthwiseConv1D(3, strides=2, depth_multiplier=2), (9, 4)),
        (layers.Flatten(), (3, 2)),
        (layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0]), (2,)),
        (layers.Normalization(mean=2.0, variance=9.0, invert=True, axis=None), (2,)),
        (layers.Rescaling(2.0, -1.0), (2,)),
        (layers.UpSampling2D((2, 3)), (3, 2, 4)),
    ],
)
def test_form_equals_the_layer(layer, shape):
    inputs = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    expected = layer(inputs)
    made = integer_form(layer)(layer, inputs, unrounded)
    # Constants of a Normalization lie on the grid of int8: of 1/3 within 1/510.
    tolerance = 5e-3 if isinstance(layer, layers.Normalization) else 1e-6
    np.testing.assert_allclose(made, expected, atol=tolerance)


def test_normalization_that_stands_alone():
    layer = layers.BatchNormalization()
    inputs = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    layer.build((None, 3))
    values = [[1.0, 0.5, 2.0], [0.1, -0.2, 0.3], [0.0, 0.4, 0.1], [1.0, 2.0, 0.5]]
    layer.set_weights([np.array(value) for value in values])
    form = integer_form(layer, standalone=True)
    np.testing.assert_allclose(
        form(layer, inputs, unrounded, False), layer(inputs, training=False), atol=0.05
    )
    before = np.asarray(layer.moving_mean)
    made = form(layer, inputs, unrounded, True)
    np.testing.assert_allclose(np.mean(made, 0), [0.1, -0.2, 0.3], atol=1e-5)
    assert np.abs(np.asarray(layer.moving_mean) - before).max() > 0
    assert integer_form(layer, standalone=False) is None


def test_activations():
    values = np.linspace(-5, 5, 101).astype("float32")
    for name in ("hard_silu", "hard_sigmoid"):
        expected = getattr(keras.activations, name)(values)
        np.testing.assert_allclose(integer_activation(name, unrounded)(values), expected, atol=1e-6)
    assert integer_activation("relu", unrounded) is None


def test_merges_of_three_round_between():
    names = []

    def note(name, values):
        names.append(name)
        return values

    layer = layers.Add()
    inputs = [np.ones((1, 2), "float32")] * 4
    np.testing.assert_array_equal(integer_form(layer)(layer, inputs, note), [[4.0, 4.0]])
    assert names == ["intermediate_0", "intermediate_1"]
    assert count_intermediates(layer, [(1, 2)] * 4, False, False) == 2
