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


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_gates_are_cut_out_and_no_split_is_left(kind):
    # A SPLIT with a part that nothing reads stays float in an int8 file, in some runs.
    import tensorflow as tf

    built = keras.Sequential([keras.Input((3, 4)), kind(2, name="steps")])
    x = np.random.default_rng(0).normal(size=(1, 3, 4)).astype("float32")
    expected, own = np.asarray(built(x)), keras.src.ops.split
    with unrolled(built, "int8"):
        function = tf.function(lambda x: built(x, training=False))
        step = function.get_concrete_function(tf.TensorSpec(x.shape))
    found = {operation.type for operation in step.graph.get_operations()}
    assert "StridedSlice" in found and not {"Split", "SplitV"} & found
    np.testing.assert_allclose(step(tf.constant(x)), expected, atol=1e-6)
    assert keras.src.ops.split is own
