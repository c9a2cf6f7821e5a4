"""Names and shapes of what goes in and comes out, of every way to write a model."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export.serving.model_ends import model_ends

layers = keras.layers


def names(ends):
    return [end.name for end in ends]


def test_one_of_each(plain):
    ends = model_ends(plain)
    assert [(e.name, e.shape, e.dtype) for e in ends.inputs] == [("input", (12, 12, 1), "float32")]
    assert [(e.name, e.shape) for e in ends.outputs] == [("output", (4,))]
    assert ends.batch is None


def test_a_dict_in_and_a_dict_out():
    ids = keras.Input((6,), dtype="int32", name="_ids of words")
    size = keras.Input((2,), name="2d")
    x = layers.Flatten()(layers.Embedding(9, 4)(ids))
    made = {"class": layers.Dense(3)(x), "box": layers.Dense(4)(layers.Concatenate()([x, size]))}
    model = keras.Model({"_ids of words": ids, "2d": size}, made)
    ends = model_ends(model)
    assert {e.key: (e.name, e.shape, e.dtype) for e in ends.inputs} == {
        "_ids of words": ("ids_of_words", (6,), "int32"),
        "2d": ("input_2d", (2,), "float32"),
    }
    assert names(ends.outputs) == ["box", "class"]
    given = {"ids_of_words": np.ones((5, 6), "int32"), "input_2d": np.ones((5, 2), "float32")}
    outputs = ends.named(model(ends.packed(given)))
    assert outputs["class"].shape == (5, 3)
    assert outputs["box"].shape == (5, 4)


def test_a_list_has_the_names_of_the_layers():
    a, b = keras.Input((2,), name="left"), keras.Input((2,), name="right")
    shared = layers.Dense(3, name="head")
    ends = model_ends(keras.Model([a, b], [shared(a), shared(b)]))
    assert names(ends.inputs) == ["left", "right"]
    # Both are of one layer.
    assert names(ends.outputs) == ["head", "head_1"]


class Plain(keras.Model):
    """One array in, one array out."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)


@pytest.mark.parametrize("start", ["__call__", "predict_on_batch"])
def test_a_class_of_its_own_that_takes_one_array(start):
    model = Plain()
    getattr(model, start)(np.ones((2, 5), "float32"))
    ends = model_ends(model)
    assert [(e.name, e.shape) for e in ends.inputs] == [("input", (5,))]
    assert [(e.name, e.shape) for e in ends.outputs] == [("output", (3,))]


def test_a_class_of_its_own_that_was_called():
    class Sum(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, x):
            return {"sum": self.dense(x["p"]) + x["q"], "p": x["p"]}

    model = Sum()
    model({"p": np.zeros((2, 4), "float32"), "q": np.zeros((2, 3), "float32")})
    ends = model_ends(model)
    assert [(e.name, e.shape) for e in ends.inputs] == [("p", (4,)), ("q", (3,))]
    assert [(e.name, e.shape) for e in ends.outputs] == [("p", (4,)), ("sum", (3,))]


def test_a_batch_that_the_model_is_tied_to():
    inputs = keras.Input(batch_shape=(2, 5))
    assert model_ends(keras.Model(inputs, layers.Dense(3)(inputs))).batch == 2


def refused(model, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        model_ends(model)


@pytest.mark.parametrize("of_its_own", [False, True])
def test_never_called(of_its_own):
    class Own(keras.Model):
        def call(self, x):
            return x

    model = Own(name="raw") if of_its_own else keras.Sequential([layers.Dense(3)], name="raw")
    refused(
        model,
        "The model 'raw' was never built, so the shape of its input is not known. Start it with "
        "keras.Input, or wrap it: `inputs = keras.Input(shape); model = keras.Model(inputs, "
        "model(inputs))`.",
    )


def test_no_model():
    refused(
        3, "Expected a keras.Model to export, but received 3. Load it first with "
        "keras.saving.load_model.",
    )  # fmt: skip
