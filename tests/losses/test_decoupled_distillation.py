"""DecoupledDistillation against Zhao et al.'s two divergences in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import DecoupledDistillation, SoftTargets
from keras_distill.losses.decoupled_distillation import decoupled_divergences


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def reference(teacher, student, labels, temperature):
    """Equations 4 to 7 of the paper, example by example."""
    parts = []
    for t, s, label in zip(
        teacher.astype("float64"), student.astype("float64"), labels, strict=True
    ):
        p, q = softmax(t / temperature), softmax(s / temperature)
        b = np.array([p[label], 1 - p[label]]), np.array([q[label], 1 - q[label]])
        target = (b[0] * np.log(b[0] / b[1])).sum()
        keep = np.arange(len(t)) != label
        p, q = p[keep] / p[keep].sum(), q[keep] / q[keep].sum()
        parts.append((temperature**2 * target, temperature**2 * (p * np.log(p / q)).sum()))
    return np.array(parts).T


def draws(seed=0, scale=3.0, number=16):
    rng = np.random.default_rng(seed)
    t, s = (rng.normal(0, scale, (number, 10)).astype("float32") for _ in "ts")
    return t, s, rng.integers(0, 10, number)


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_both_parts_and_their_sum(temperature):
    t, s, labels = draws()
    target, others = reference(t, s, labels, temperature)
    seen = decoupled_divergences(t, s, labels, temperature)
    np.testing.assert_allclose(seen[0], target, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(seen[1], others, rtol=1e-4, atol=1e-5)
    values = DecoupledDistillation(0.5, 3.0, temperature)(t, s, labels=labels)
    np.testing.assert_allclose(values, 0.5 * target + 3 * others, rtol=1e-4, atol=1e-5)


def test_soft_targets_are_the_two_parts_with_the_teachers_doubt():
    # Equation 8: KL = TCKD + (1 − p(label)) · NCKD.
    t, s, labels = draws(1)
    target, others = decoupled_divergences(t, s, labels, 4.0)
    doubt = 1 - softmax(t / 4)[np.arange(16), labels]
    np.testing.assert_allclose(
        SoftTargets(4.0)(t, s), target + doubt * np.asarray(others), rtol=1e-4
    )


def test_worked_by_hand():
    # p = (1/2, 1/4, 1/4), q = (1/4, 1/2, 1/4), label 0.
    t, s = np.log(np.array([[2.0, 1, 1]])), np.log(np.array([[1.0, 2, 1]]))
    target = 0.5 * np.log(2) + 0.5 * np.log(2 / 3)
    others = 0.5 * np.log(3 / 4) + 0.5 * np.log(3 / 2)
    value = DecoupledDistillation(1.0, 8.0, 1.0)(t, s, labels=np.array([0]))
    assert float(value[0]) == pytest.approx(target + 8 * others, rel=1e-5)


def test_without_a_label_the_teachers_choice_is_the_target():
    t, s, labels = draws(2)
    loss, chosen = DecoupledDistillation(), t.argmax(-1)
    wanted = np.asarray(loss(t, s, labels=chosen))
    np.testing.assert_allclose(loss(t, s), wanted)
    mixed = np.where(np.arange(16) % 2, labels, -1)
    values = np.asarray(loss(t, s, labels=mixed))
    np.testing.assert_allclose(values[::2], wanted[::2])
    np.testing.assert_allclose(values[1::2], np.asarray(loss(t, s, labels=labels))[1::2])
    np.testing.assert_allclose(loss(t, s, labels=np.eye(10)[labels]), loss(t, s, labels=labels))


def test_extreme_outputs_have_finite_gradients(value_and_gradient):
    t = np.array([[1000.0, 0, -1000], [0, 0, 0], [1, 2, -np.inf]], "float32")
    s = np.array([[-1000.0, 0, 1000], [0, 0, 0], [2, 1, -np.inf]], "float32")
    loss, labels = DecoupledDistillation(), np.array([0, 1, 1])
    values, gradient = value_and_gradient(lambda each: loss(t, each, labels=labels), s)
    assert np.isfinite(values).all() and np.isfinite(gradient).all()
    assert np.abs(gradient[0]).max() > 1 and np.abs(gradient[1]).max() < 1e-6


def test_config_makes_the_round_trip():
    loss = DecoupledDistillation(2.0, 4.0, keras.optimizers.schedules.ExponentialDecay(8, 10, 0.5))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_refusals(name):
    sentence = f"`{name}` must be a number of 0 or more. Received: {name}=-1."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        DecoupledDistillation(**{name: -1})
