"""DIST: Pearson's correlations over classes and over the batch, by np.corrcoef."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import DIST
from keras_distill.losses.dist import pearson_distance


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def reference(teacher, student, beta, gamma, temperature):
    p, q = (softmax(z.astype("float64") / temperature) for z in (teacher, student))
    inter = np.array([1 - np.corrcoef(a, b)[0, 1] for a, b in zip(p, q, strict=True)])
    intra = np.mean([1 - np.corrcoef(a, b)[0, 1] for a, b in zip(p.T, q.T, strict=True)])
    return temperature**2 * (beta * inter + gamma * intra)


def draws(number=16):
    rng = np.random.default_rng(0)
    return tuple(rng.normal(0, 2, (number, 10)).astype("float32") for _ in "ts")


@pytest.mark.parametrize("settings", [(1.0, 1.0, 1.0), (2.0, 0.5, 4.0)])
def test_values(settings):
    t, s = draws()
    np.testing.assert_allclose(DIST(*settings)(t, s), reference(t, s, *settings), rtol=1e-4)


def test_worked_by_hand():
    # (1, 2, 3) against (3, 2, 1): correlation −1; against (2, 3, 4): 1.
    t = np.array([[1.0, 2, 3]])
    np.testing.assert_allclose(pearson_distance(t, t[:, ::-1], -1), [2.0], rtol=1e-6)
    np.testing.assert_allclose(pearson_distance(t, t + 1, -1), [0.0], atol=1e-6)


def test_linear_maps_of_the_probabilities_cost_nothing():
    t, _ = draws()
    p = softmax(t)
    q = np.log(0.5 * p + 0.05)  # what the paper calls relaxed: a p + b for every class
    np.testing.assert_allclose(DIST()(t, q), 0.0, atol=1e-5)


def test_a_permuted_batch_has_permuted_values():
    t, s = draws()
    order = np.random.default_rng(1).permutation(16)
    np.testing.assert_allclose(DIST()(t[order], s[order]), np.asarray(DIST()(t, s))[order], 1e-5)


def test_extreme_outputs_have_finite_gradients(value_and_gradient):
    loss = DIST(2.0, 2.0, 4.0)
    for t, s in (
        (np.zeros((4, 3)), np.zeros((4, 3))),
        (np.array([[1000.0, 0, -1000]] * 2), np.array([[-1000.0, 0, 1000]] * 2)),
        (np.array([[1.0, 2, -np.inf]]), np.array([[2.0, 1, -np.inf]])),
    ):
        values, gradient = value_and_gradient(
            lambda each, t=t: loss(t.astype("float32"), each), s.astype("float32")
        )
        assert np.isfinite(values).all() and np.isfinite(gradient).all()


def test_padding_takes_no_part():
    rng = np.random.default_rng(2)
    t, s = (rng.normal(size=(2, 4, 5)).astype("float32") for _ in "ts")
    mask = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool)
    values = np.asarray(DIST()(t, s, mask=mask))[mask]
    wanted = reference(t[mask], s[mask], 1, 1, 1)
    np.testing.assert_allclose(values, wanted, rtol=1e-4)


@pytest.mark.parametrize("padded", [False, True])
def test_one_example_alone_has_no_intra_part(padded, value_and_gradient):
    t, s = (each[:1] for each in draws())
    mask = None
    if padded:  # two tokens, of which one counts
        t, s, mask = t[None].repeat(2, 1), s[None].repeat(2, 1), np.array([[True, False]])
    both, gradient = value_and_gradient(lambda each: DIST(1.0, 5.0)(t, each, mask=mask), s)
    inter, slope = value_and_gradient(lambda each: DIST(1.0, 0.0)(t, each), s)
    np.testing.assert_allclose(both, inter, rtol=1e-6)
    np.testing.assert_allclose(gradient, slope, rtol=1e-5, atol=1e-7)
    wanted = 1 - np.corrcoef(softmax(t.reshape(-1, 10)[0]), softmax(s.reshape(-1, 10)[0]))[0, 1]
    np.testing.assert_allclose(both.ravel()[0], wanted, rtol=1e-4)


def test_config_makes_the_round_trip():
    loss = DIST(2.0, 3.0, 4.0, name="d")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize("name", ["beta", "gamma"])
def test_refusals(name):
    sentence = f"`{name}` must be a number of 0 or more. Received: {name}='much'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        DIST(**{name: "much"})
