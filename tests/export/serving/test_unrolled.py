"""Loops written out, and those that are too long."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export.serving.unrolled import unrolled

layers = keras.layers


def model(steps=None):
    inputs = keras.Input((steps, 3))
    x = layers.Bidirectional(layers.GRU(4, name="gru"), name="both")(inputs)
    inner = keras.Model(inputs, layers.Dense(2)(x), name="inner")
    return keras.Sequential([keras.Input((steps, 3)), inner], name="outer")


def types(built, steps, why):
    import tensorflow as tf

    with unrolled(built, why) as done:
        function = tf.function(lambda x: built(x, training=False))
        graph = function.get_concrete_function(tf.TensorSpec((None, steps, 3))).graph.as_graph_def()
    nodes = [*graph.node, *(n for f in graph.library.function for n in f.node_def)]
    return {node.op for node in nodes}, done


def test_no_loop_is_left_and_the_layers_are_as_before():
    built = model(5)
    x = np.ones((2, 5, 3), "float32")
    before = built(x).numpy()
    found, done = types(built, 5, "int8")
    assert not found & {"While", "StatelessWhile"}
    assert done == ["inner/both/forward_gru", "inner/both/backward_gru"]
    assert not any(getattr(layer, "unroll", False) for layer in built._flatten_layers())
    np.testing.assert_array_equal(built(x), before)


def test_a_loop_stays_one_where_it_may():
    found, done = types(model(5), 5, None)
    assert found & {"While", "StatelessWhile"}
    assert done == []


@pytest.mark.parametrize("steps, seen", [(65, "65"), (None, "an unknown number of")])
def test_too_long(steps, seen):
    message = (
        f"The layer 'inner/both/forward_gru' of 'outer' runs over {seen} time steps. For "
        'batch="dynamic" each step has to be written out, which is done for up to 64. Export it '
        "with batch=1 as float32, float16 or dynamic_range, where it stays a loop, or feed it "
        "fewer steps."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        types(model(steps), steps, 'batch="dynamic"')
