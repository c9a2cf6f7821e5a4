"""Logits and probabilities, made of each other where that can be done."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.serving import Serving

layers = keras.layers
X = np.random.default_rng(0).normal(size=(9, 4)).astype("float32")


def built(*last, **more):
    inputs = keras.Input((4,))
    x = layers.Dense(5, "tanh")(inputs)
    for layer in last:
        x = layer(x)
    return keras.Model(inputs, x, name="small", **more)


def outputs(model, form):
    serving = Serving(model, model_ends(model), None, form)
    return serving.reference({"input": X})["output"], serving.form.kinds["output"]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def test_softmax_and_sigmoid_are_added():
    for size, function in ((3, softmax), (1, lambda x: 1 / (1 + np.exp(-x)))):
        model = built(layers.Dense(size))
        made, kind = outputs(model, "probabilities")
        np.testing.assert_allclose(made, function(model(X).numpy()), atol=1e-6)
        assert kind == "probabilities"


@pytest.mark.parametrize(
    "last",
    [
        lambda: [layers.Dense(3, "softmax")],
        lambda: [layers.Dense(3), layers.Softmax()],
        lambda: [layers.Dense(3), layers.Activation("softmax"), layers.Dropout(0.2)],
        lambda: [keras.Sequential([keras.Input((5,)), layers.Dense(3, "softmax")])],
    ],
)
def test_softmax_is_taken_off_and_put_back(last):
    model = built(*last())
    before = model(X).numpy()
    made, kind = outputs(model, "logits")
    np.testing.assert_allclose(softmax(made), before, atol=1e-6)
    # Logits themselves, not the logarithm of the softmax, whose rows would sum to 1.
    assert np.abs(np.log(np.exp(made).sum(-1))).max() > 0.1
    assert kind == "logits"
    np.testing.assert_array_equal(model(X), before)


def test_sigmoid_is_taken_off():
    model = built(layers.Dense(2, "sigmoid"))
    np.testing.assert_allclose(1 / (1 + np.exp(-outputs(model, "logits")[0])), model(X), atol=1e-6)


def test_what_it_is_already_stays():
    model = built(layers.Dense(3))
    np.testing.assert_allclose(outputs(model, "logits")[0], model(X), atol=1e-6)


@pytest.mark.parametrize(
    "last, form, message",
    [
        (
            lambda: [layers.Dense(3)],
            "scores",
            "Received output='scores'. Expected 'probabilities', 'logits' or None.",
        ),
        (
            lambda: [layers.Lambda(lambda x: x * 0 + 0.3)],
            "probabilities",
            "Whether the output 'last' of 'small' is logits or probabilities cannot be told, so "
            "output='probabilities' cannot be made of it. Leave `output` out, or end the model in "
            "a Dense layer or a Softmax.",
        ),
        (
            lambda: [layers.Lambda(keras.ops.softmax)],
            "logits",
            "The output 'last' of 'small' is probabilities, but no softmax or sigmoid was found "
            "to take off. Leave `output` out, or end the model in a layer with an activation.",
        ),
        (
            lambda: [
                layers.Reshape((5, 1)),
                layers.Dense(3, "softmax"),
                layers.GlobalAveragePooling1D(),
            ],
            "logits",
            "The softmax at the end of 'small' cannot be taken off: something comes after it, or "
            "its ranges of training hold no logits. Leave `output` out.",
        ),
    ],
)
def test_refused(last, form, message):
    parts = last()
    parts[-1].name = "last"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        outputs(built(*parts), form)


def test_one_number_among_several_outputs():
    inputs = keras.Input((4,))
    made = {"kind": layers.Dense(3)(inputs), "age": layers.Dense(1)(inputs)}
    model = keras.Model(inputs, made, name="both")
    message = (
        "The output 'age' of 'both' is one number: a measurement, or a logit, which cannot be "
        "told where there are several outputs. Leave `output` out, or give that layer the "
        "activation that it should have."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Serving(model, model_ends(model), None, "probabilities")
