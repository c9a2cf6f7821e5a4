"""What `rebuild` does with a layer that stands for another."""

import keras
import numpy as np

from keras_distill import compression
from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.layer_wrapper import LayerWrapper
from keras_distill.compression.graph.rebuild import copy_layer, rebuild


class Counting(LayerWrapper):
    """Has a weight of its own beside those of the layer, and takes no mask."""

    def build(self, input_shape=None):
        self.steps = self.add_weight(name="steps", shape=(), initializer="zeros")
        super().build(input_shape)

    def call(self, inputs, training=None):
        return self.layer(inputs, training=training)


def test_weights_reach_the_layer_within_and_come_back():
    image = keras.Input((3,))
    # The graph records the mask, which the wrapper does not know.
    x = keras.layers.BatchNormalization(name="norm")(image, mask=None)
    model = keras.Model(image, x)
    given = [np.full(3, value, "float32") for value in (2.0, 0.5, 1.0, 4.0)]
    model.get_layer("norm").set_weights(given)
    wrapped = rebuild(model, lambda layer: Counting(copy_layer(layer), name=layer.name))
    assert len(wrapped.get_layer("norm").weights) == 5
    stripped = rebuild(wrapped, lambda layer: copy_layer(layer.layer))
    for weights in (wrapped.get_layer("norm").layer.weights, stripped.get_layer("norm").weights):
        for weight, value in zip(weights, given, strict=True):
            np.testing.assert_array_equal(weight, value)


def test_every_wrapper_that_is_handed_out_is_of_one_layer_or_of_a_composite():
    kinds = {
        name: issubclass(kind, LayerWrapper) + issubclass(kind, CompositeWrapper)
        for name, kind in vars(compression).items()
        if isinstance(kind, type) and issubclass(kind, keras.layers.Wrapper)
    }
    assert len(kinds) >= 7 and set(kinds.values()) == {1}
