"""A technique's own layers are known by their mark, wherever they were made."""

import keras
import pytest

from keras_distill import compression
from keras_distill.compression import prune_low_magnitude
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.graph.prerequisites import prepared_layers

KINDS = {
    name: kind
    for name, kind in vars(compression).items()
    if isinstance(kind, type) and issubclass(kind, keras.layers.Layer)
}


def test_every_layer_that_a_verb_puts_into_a_model_is_marked():
    marked = {name for name, kind in KINDS.items() if issubclass(kind, PreparedLayer)}
    assert len(marked) >= 7
    # An annotation prepares nothing yet, and the quantizer stands inside composites only.
    assert set(KINDS) - marked == {"QuantizeAnnotate", "ActivationQuantizer"}


class Marked(PreparedLayer, keras.layers.Layer):
    def call(self, inputs):
        return inputs


def test_a_verb_refuses_a_marked_layer_that_it_has_never_heard_of():
    inner = keras.Sequential([keras.Input((4,)), Marked(name="own")], name="inner")
    model = keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(2)])
    assert prepared_layers(model) == [("inner/own", inner.layers[0])]
    with pytest.raises(ValueError, match="'inner/own' is a Marked"):
        prune_low_magnitude(model)
