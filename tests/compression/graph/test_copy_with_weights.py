import keras
import numpy as np
import pytest

from keras_distill.compression.graph.copy_with_weights import copy_with_weights

layers = keras.layers


def same_weights(one, other):
    assert one is not other and len(one.weights) > 0
    for left, right in zip(one.variables, other.variables, strict=True):
        assert left is not right
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize(
    "layer, shapes",
    [
        (layers.Dense(3, name="d"), [(None, 4)]),
        (layers.LSTM(3, dropout=0.5), [(None, 5, 4)]),
        (layers.MultiHeadAttention(2, 4, dropout=0.5), [(None, 5, 4), (None, 6, 4)]),
    ],
    ids=["dense", "lstm", "attention"],
)
def test_layers_with_a_build_of_their_own(layer, shapes):
    layer.build(*shapes)
    copy = copy_with_weights(layer)
    assert copy.name == layer.name
    same_weights(layer, copy)


@pytest.mark.parametrize("name, path", [("gated", "block_1"), ("transformer", "attention_0")])
def test_composites_of_a_graph(name, path, build):
    layer = build(name).get_layer(path)
    nodes = len(layer._inbound_nodes)
    copy = copy_with_weights(layer)
    same_weights(layer, copy)
    x = np.random.default_rng(0).normal(size=(2, *layer.output.shape[1:])).astype("float32")
    given = (x, x) if name == "transformer" else (x,)
    np.testing.assert_array_equal(copy(*given), layer(*given))
    assert len(layer._inbound_nodes) == nodes


def test_a_layer_without_weights_yet():
    layer = layers.Dense(3, name="d")
    copy = copy_with_weights(layer)
    assert copy is not layer and not copy.built and copy.name == "d"


def test_what_is_frozen_inside_stays_so(build):
    layer = build("gated").get_layer("block_1")
    layer.gate.trainable = False
    copy = copy_with_weights(layer)
    assert (copy.trainable, copy.gate.trainable, copy.stages[0].trainable) == (True, False, True)
    assert len(copy.trainable_weights) == len(layer.trainable_weights) == 3


def test_a_composite_that_was_called_on_values_only(build):
    layer = type(build("gated").get_layer("block_1"))(8, name="alone")
    layer(np.ones((1, 4, 4, 8), "float32"))
    with pytest.raises(ValueError) as caught:
        copy_with_weights(layer)
    assert str(caught.value) == (
        "A layer made of layers is copied by the way it was called in a graph. Received: "
        "<Gated name=alone, built=True>, which was called on values only, and has no `build` of "
        "its own. Call it on a `keras.Input` first, or give it a `build`."
    )
