import re

import keras
import pytest
from keras import layers

from keras_distill.footprint import macs


def of(shape, *stack):
    return macs(keras.Sequential([keras.Input(shape), *stack]))


# Each number is (output positions) x (multiplications for one position), by hand.
@pytest.mark.parametrize(
    "shape, layer, expected",
    [
        ((8, 8, 3), layers.Conv2D(4, 3), 6 * 6 * 27 * 4),
        ((8, 8, 3), layers.Conv2D(4, 3, padding="same"), 8 * 8 * 27 * 4),
        ((9, 9, 3), layers.Conv2D(4, 3, strides=2, padding="same"), 5 * 5 * 27 * 4),
        ((8, 8, 4), layers.Conv2D(8, 1, groups=2), 8 * 8 * 2 * 8),
        ((8, 8, 3), layers.DepthwiseConv2D(3, depth_multiplier=2), 6 * 6 * 9 * 3 * 2),
        ((8, 8, 3), layers.SeparableConv2D(5, 3), 6 * 6 * (9 * 3 + 3 * 5)),
        ((4, 4, 3), layers.Conv2DTranspose(5, 2, strides=2), 4 * 4 * 2 * 2 * 3 * 5),
        ((10, 3), layers.Conv1D(4, 5), 6 * 15 * 4),
        ((10, 3), layers.DepthwiseConv1D(5, depth_multiplier=2), 6 * 5 * 3 * 2),
        ((10, 3), layers.SeparableConv1D(4, 5, depth_multiplier=2), 6 * (5 * 6 + 6 * 4)),
        ((10, 3), layers.Conv1DTranspose(5, 2, strides=2), 10 * 2 * 3 * 5),
        ((4, 4, 4, 2), layers.Conv3D(3, 2), 27 * 8 * 2 * 3),
        ((4, 4, 4, 2), layers.Conv3DTranspose(3, 2), 64 * 8 * 2 * 3),
        ((6, 7), layers.EinsumDense("abc,cd->abd", (None, 5)), 6 * 35),
        ((6, 2, 3), layers.EinsumDense("abnh,nhd->abd", (None, 5)), 6 * 30),
        ((7,), layers.Dense(5), 35),
        ((6, 7), layers.Dense(5), 6 * 35),
        ((8, 8, 3), layers.BatchNormalization(), 0),
    ],
)
def test_by_hand(shape, layer, expected):
    assert of(shape, layer) == expected


def test_layer_called_twice_counts_twice():
    inputs = keras.Input((4,))
    shared = layers.Dense(4)
    assert macs(keras.Model(inputs, shared(shared(inputs)))) == 32


def test_nested_models_and_wrappers():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    assert of((4,), inner, layers.Dense(2)) == 12 + 6

    class Wrapper(layers.Layer):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def build(self, shape):
            self.layer.build(shape)

        def call(self, x):
            return self.layer(x)

    assert of((8, 8, 1), Wrapper(layers.Conv2D(2, 3))) == 36 * 9 * 2


def test_unknown_size_is_named():
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, name="first")])
    sentence = (
        "`macs` needs sizes that are known. Received: layer 'first' with positions (None, None). "
        "Build the model on keras.Input with a fixed image size."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        macs(model)
