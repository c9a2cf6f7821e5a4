"""convolution_blocks: kinds, widths, seeds."""

import keras
import numpy as np

from keras_distill.losses.convolution_blocks import convolution_blocks


def test_three_layers_for_each_width():
    layers = convolution_blocks((4, 2), "body", seed=3)
    assert [type(each).__name__ for each in layers] == [
        "Conv2D", "BatchNormalization", "LeakyReLU",
    ] * 2  # fmt: skip
    model = keras.Sequential([keras.Input((3, 3, 5)), *layers])
    assert model.output_shape == (None, 3, 3, 2)
    again = keras.Sequential([keras.Input((3, 3, 5)), *convolution_blocks((4, 2), "body", 3)])
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_transposed_ones():
    layers = convolution_blocks((4,), "back", kind=keras.layers.Conv2DTranspose)
    assert isinstance(layers[0], keras.layers.Conv2DTranspose) and layers[0].name == "back_0"
