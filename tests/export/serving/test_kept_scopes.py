"""Marks in the graph, for layers that are there."""

import re

import keras
import pytest

from keras_distill.export.serving.kept_scopes import kept_scopes


def model():
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="deep")], name="inner")
    return keras.Sequential(
        [keras.Input((4,)), inner, keras.layers.Dense(2, name="head")], name="small"
    )


def test_operators_carry_the_scope():
    import tensorflow as tf

    built = model()
    with kept_scopes(built, ["inner/deep"]) as scopes:
        function = tf.function(lambda x: built(x))
        graph = function.get_concrete_function(tf.TensorSpec((1, 4))).graph
    (scope,) = scopes.values()
    products = [op.name for op in graph.get_operations() if op.type == "MatMul"]
    assert [scope in name for name in products] == [True, False]


def test_no_such_layer():
    message = "The model 'small' has no layer at the path 'heat'. Nearest: 'head'."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"), kept_scopes(model(), "heat"):
        pass
