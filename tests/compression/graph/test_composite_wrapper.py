import inspect

import keras
import numpy as np

from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.inner_layers import inner_layers


class Counting(CompositeWrapper):
    def build_parts(self, inner):
        self.parts = []
        self.seen = sorted(inner)

    def run(self, training, /, *args, **kwargs):
        self.flags = [*getattr(self, "flags", []), training]
        return self.layer(*args, **kwargs)


def test_it_is_called_as_the_composite_is():
    wrapper = Counting(keras.layers.MultiHeadAttention(2, 4, name="attention"))
    own = inspect.signature(wrapper.layer.call)
    assert list(wrapper._call_signature.parameters) == list(own.parameters)
    assert wrapper.name == "attention"
    x = np.random.default_rng(0).normal(size=(2, 5, 8)).astype("float32")
    mask = np.tril(np.ones((2, 5, 5), bool))
    outputs, scores = wrapper(x, x, attention_mask=mask, return_attention_scores=True)
    expected, _ = wrapper.layer(x, x, attention_mask=mask, return_attention_scores=True)
    np.testing.assert_array_equal(outputs, expected)
    assert scores.shape == (2, 2, 5, 5)
    assert wrapper.seen == sorted(inner_layers(wrapper.layer))


def test_composites_without_a_training_argument_get_the_flag_from_outside():
    class Plain(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.drop = keras.layers.Dropout(0.5)

        def call(self, inputs):
            return self.drop(inputs)

    wrapper = Counting(Plain())
    x = np.ones((1, 1000), "float32")
    assert keras.ops.all(wrapper(x) == 1)
    assert not keras.ops.all(wrapper(x, training=True) == 1)
    assert wrapper.flags[-2:] == [False, True]


def test_masks_pass_through():
    wrapper = Counting(keras.layers.MultiHeadAttention(2, 4))
    words = keras.Input((5,), dtype="int32")
    x = keras.layers.Embedding(9, 8, mask_zero=True)(words)
    model = keras.Model(words, keras.layers.GlobalAveragePooling1D()(wrapper(x, x)))
    plain = keras.layers.GlobalAveragePooling1D()(wrapper.layer(x, x))
    words = np.array([[1, 2, 3, 0, 0]])
    expected = keras.Model(model.inputs[0], plain)(words)
    np.testing.assert_allclose(model(words), expected, atol=1e-7)


def test_a_frozen_composite_stays_frozen():
    words = keras.Input((5, 8))
    # Keras's own layer would thaw what it makes when it is built.
    wrapper = Counting(keras.layers.MultiHeadAttention(2, 4, trainable=False))
    model = keras.Model(words, wrapper(words, words))
    assert model.trainable_weights == [] and len(model.weights) == 8
