"""Everything is built, and refused in its own words, from shapes alone."""

import keras
import pytest

from keras_distill.distillation.shape_trace import symbolic, traced


def test_layers_are_built_on_the_way(build):
    dense = keras.layers.Dense(3)
    outputs = traced(dense, symbolic((None, 4), None, build("s")))
    assert outputs.shape == (None, 3) and dense.built
    both = symbolic({"a": (7, 2), "b": (7, 3)}, None, build("s"))
    assert {key: each.shape for key, each in both.items()} == {"a": (None, 2), "b": (None, 3)}


def test_the_sentence_comes_out_bare():
    def refuse(x):
        raise ValueError("This and nothing else.")

    with pytest.raises(ValueError, match="^This and nothing else.$"):
        traced(refuse, keras.KerasTensor((None, 4)))
