"""Entropy of the student's softmax, in both directions."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import Entropy
from keras_distill.losses.entropy import entropy


def reference(logits, temperature=1.0):
    z = logits.astype("float64") / temperature
    q = np.exp(z - z.max(-1, keepdims=True))
    q = q / q.sum(-1, keepdims=True)
    h = -(q * np.log(q)).sum(-1)
    return h, -q * (np.log(q) + h[..., None]) / temperature


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_values_and_gradients(temperature, value_and_gradient):
    s = np.random.default_rng(0).normal(0, 2, (16, 10)).astype("float32")
    h, slope = reference(s, temperature)
    loss = Entropy("minimize", temperature)
    values, gradient = value_and_gradient(lambda each: loss(np.zeros_like(s), each), s)
    np.testing.assert_allclose(values, h, rtol=1e-5)
    np.testing.assert_allclose(gradient, slope, rtol=1e-3, atol=1e-5)
    loss = Entropy(temperature=temperature)
    values, gradient = value_and_gradient(lambda each: loss(np.zeros_like(s), each), s)
    np.testing.assert_allclose(values, np.log(10) - h, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(gradient, -slope, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(entropy(s, temperature), h, rtol=1e-5)


def test_worked_by_hand():
    # q = (1/2, 1/4, 1/4): 1/2 · 1 bit + 1/2 · 2 bits.
    s = np.log(np.array([[2.0, 1.0, 1.0]]))
    assert float(Entropy("minimize")(s, s)[0]) == pytest.approx(1.5 * np.log(2))


def test_extreme_outputs_are_finite(value_and_gradient):
    s = np.array([[1000.0, -1000.0, 0.0], [1.0, 2.0, -np.inf], [0.0, 0.0, 0.0]], "float32")
    values, gradient = value_and_gradient(lambda each: Entropy("minimize")(s, each), s)
    np.testing.assert_allclose(values[[0, 2]], [0.0, np.log(3)], atol=1e-6)
    assert np.isfinite(values).all() and np.isfinite(gradient).all()


def test_config_makes_the_round_trip():
    loss = Entropy("minimize", 2.0)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


def test_refusals():
    sentence = (
        '`direction` must be "penalize_confidence" or "minimize". Received: direction=\'up\'.'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Entropy("up")
