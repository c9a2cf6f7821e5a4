"""Ensemble: mixtures in probability space against NumPy in float64."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.teachers import Ensemble


def member(seed, classes=3, activation=None, name=None):
    dense = layers.Dense(
        classes, activation, kernel_initializer=keras.initializers.RandomNormal(0, 1, seed)
    )
    return keras.Sequential([keras.Input((4,)), dense], name=name)


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(7, 4)).astype("float32")


def probabilities(model, x):
    outputs = np.array(model(x)).astype("float64")
    return outputs if model.layers[-1].activation.__name__ == "softmax" else softmax(outputs)


@pytest.mark.parametrize("weights", [None, [3.0, 1.0]])
def test_fixed_weights_mix_probabilities(x, weights):
    members = [member(1, activation="softmax"), member(2)]
    w = np.array(weights or [1, 1]) / np.sum(weights or [1, 1])
    wanted = sum(w_k * probabilities(m, x) for w_k, m in zip(w, members, strict=True))
    seen = np.array(Ensemble(members, weights)(x))
    np.testing.assert_allclose(np.exp(seen), wanted, rtol=1e-5)


def test_confidence_weighs_each_example(x):
    members = [member(1), member(2)]
    p = np.stack([probabilities(m, x) for m in members], 1)
    certain = 1 + (p * np.log(p)).sum(-1) / np.log(3)
    w = certain / certain.sum(-1, keepdims=True)
    seen = np.exp(np.array(Ensemble(members, "confidence")(x)))
    np.testing.assert_allclose(seen, (w[..., None] * p).sum(1), rtol=1e-4)


def test_worked_by_hand():
    one, other = member(1), member(2)
    for model, p in ((one, [0.5, 0.25, 0.25]), (other, [0.1, 0.1, 0.8])):
        model.set_weights([np.zeros((4, 3)), np.log(p)])
    seen = np.exp(np.array(Ensemble([one, other], [0.75, 0.25])(np.zeros((1, 4)))))
    np.testing.assert_allclose(seen, [[0.4, 0.2125, 0.3875]], rtol=1e-5)


def test_adapters_and_class_maps(x):
    one, other = member(1), member(2, classes=5)
    double = layers.Rescaling(2.0)
    ensemble = Ensemble([one, other], inputs=[None, double], class_maps=[[2, 0, None], [4, 1, 0]])
    first = np.array(one(x)).astype("float64")[:, [2, 0]]
    second = np.array(other(2 * x)).astype("float64")[:, [4, 1, 0]]
    wanted = (np.pad(softmax(first), ((0, 0), (0, 1))) + softmax(second)) / 2
    np.testing.assert_allclose(np.exp(np.array(ensemble(x))), wanted, rtol=1e-4, atol=1e-7)


def test_learned_weights_find_the_better_member():
    rng = np.random.default_rng(0)
    good, bad = member(1), member(2)
    good.set_weights([3 * np.eye(4, 3), np.zeros(3)])
    x = rng.normal(size=(600, 4)).astype("float32")
    y = (x[:, :3] + 0.3 * rng.normal(size=(600, 3))).argmax(-1)
    ensemble = Ensemble([good, bad], "learned")
    weights = ensemble.learn_weights(x, y)
    assert weights[0] > 0.9 and weights.sum() == pytest.approx(1.0)
    likelihood = np.stack([probabilities(m, x)[np.arange(600), y] for m in (good, bad)], 1)
    grid = [np.log(likelihood @ [w, 1 - w]).mean() for w in np.linspace(0, 1, 1001)]
    assert np.log(likelihood @ weights).mean() == pytest.approx(max(grid), abs=1e-4)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(ensemble))
    again.set_weights(ensemble.get_weights())
    np.testing.assert_allclose(again(x[:5]), ensemble(x[:5]), rtol=1e-6)


def test_members_stay_as_they_were(x, tmp_path):
    members = [member(1), member(2)]
    ensemble = Ensemble(members)
    assert all(m.trainable and len(m.trainable_variables) == 2 for m in members)
    ensemble(x)
    ensemble.save(tmp_path / "e.keras")
    np.testing.assert_allclose(keras.models.load_model(tmp_path / "e.keras")(x), ensemble(x), 1e-6)


@pytest.mark.parametrize(
    "build, kind, sentence",
    [
        (
            lambda: Ensemble([]),
            ValueError,
            "`members` must hold at least one model. Received: none.",
        ),
        (
            lambda: Ensemble([member(1, name="a"), member(2, 4, name="b")]),
            ValueError,
            "Members must put out the same classes to be mixed. Received class counts: 'a' 3, "
            "'b' 4. Pass class_maps=[...]: for each member a list that says which of its outputs "
            "is each class of the data, None for one it does not know.",
        ),
        (
            lambda: Ensemble([member(1), member(2)], [1.0]),
            ValueError,
            "`weights` must have one number of 0 or more for each member, and not only zeros. "
            "Received: weights=[1.0] for 2 members.",
        ),
        (
            lambda: Ensemble([member(1)], "best"),
            ValueError,
            '`weights` must be None, "confidence", "learned" or one number for each member. '
            "Received: weights='best'.",
        ),
        (
            lambda: Ensemble([member(1, name="a")], class_maps=[[0, 7]]),
            ValueError,
            "A class map names outputs of its member, 0 to 2. Received: 7 for member 'a'.",
        ),
        (
            lambda: Ensemble([member(1), member(2)], inputs=[None]),
            ValueError,
            "`inputs` must have one entry for each member. Received: 1 for 2 members.",
        ),
        (
            lambda: Ensemble([member(1)]).learn_weights(np.zeros((1, 4)), [0]),
            ValueError,
            '`learn_weights` belongs to weights="learned". Received: an ensemble with '
            "weights=None.",
        ),
        (
            lambda: Ensemble(["teacher.keras"]),
            TypeError,
            "`members` must be keras.Models. Received: 'teacher.keras' of type str.",
        ),
    ],
)
def test_refusals(build, kind, sentence):
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        build()
