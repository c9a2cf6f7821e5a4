"""TeacherConfidence: another loss times a gate that only the teacher opens."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import (
    BinarySoftTargets,
    DecoupledDistillation,
    FeatureHint,
    SoftTargets,
    TeacherConfidence,
)
from keras_distill.losses.teacher_confidence import teacher_gate


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def draws():
    rng = np.random.default_rng(0)
    t, s = (rng.normal(0, 2, (16, 5)).astype("float32") for _ in "ts")
    return t, s, rng.integers(0, 5, 16)


def gates(t, labels):
    p = softmax(t.astype("float64"))
    return {
        "correct": (t.argmax(-1) == labels).astype(float),
        "confidence": p.max(-1),
        "entropy": 1 + (p * np.log(p)).sum(-1) / np.log(5),
    }


@pytest.mark.parametrize("gate", ["correct", "confidence", "entropy"])
def test_values_are_weighed_and_gradients_with_them(gate, value_and_gradient):
    t, s, labels = draws()
    weight, inner = gates(t, labels)[gate], SoftTargets(2.0)
    np.testing.assert_allclose(teacher_gate(t, gate, labels), weight, rtol=1e-5)
    loss = TeacherConfidence(inner, gate)
    plain, slope = value_and_gradient(lambda each: inner(t, each), s)
    values, gradient = value_and_gradient(lambda each: loss(t, each, labels=labels), s)
    np.testing.assert_allclose(values, weight * plain, rtol=1e-4)
    np.testing.assert_allclose(gradient, weight[:, None] * slope, rtol=1e-3, atol=1e-6)


def test_worked_by_hand():
    t = np.log(np.array([[3.0, 1.0]]))  # the teacher is sure by 3/4
    s = np.log(np.array([[1.0, 3.0]]))
    value = TeacherConfidence(SoftTargets(1.0), "confidence")(t, s)
    assert float(value[0]) == pytest.approx(0.75 * 0.5 * np.log(3), rel=1e-5)


def test_examples_without_a_label_count():
    t, s, _ = draws()
    loss = TeacherConfidence(SoftTargets(), "correct")
    np.testing.assert_allclose(loss(t, s), SoftTargets()(t, s))
    np.testing.assert_allclose(loss(t, s, labels=np.full(16, -1)), SoftTargets()(t, s))


def test_the_inner_loss_is_given_what_it_asks_for():
    t, s, labels = draws()
    inner = DecoupledDistillation()
    seen = TeacherConfidence(inner, "correct")(t, s, labels=labels)
    wanted = np.asarray(inner(t, s, labels=labels)) * (t.argmax(-1) == labels)
    np.testing.assert_allclose(seen, wanted, rtol=1e-5)


def test_extreme_outputs_are_finite(value_and_gradient):
    t = np.array([[1000.0, -1000], [1.0, -np.inf]], "float32")
    s = np.array([[-1000.0, 1000], [0.0, -np.inf]], "float32")
    for gate in ("correct", "confidence", "entropy"):
        loss = TeacherConfidence(SoftTargets(), gate)
        values, gradient = value_and_gradient(lambda each, loss=loss: loss(t, each), s)
        assert np.isfinite(values).all() and np.isfinite(gradient).all()


def test_config_makes_the_round_trip():
    loss = TeacherConfidence(SoftTargets(3.0, from_logits=True), "entropy", name="trust")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and again.from_logits is True


def test_probabilities_are_inverted_as_the_inner_loss_has_it():
    assert TeacherConfidence(BinarySoftTargets()).inverse is BinarySoftTargets.inverse


def test_refusals():
    sentence = "`gate` must be one of 'correct', 'confidence', 'entropy'. Received: gate='right'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        TeacherConfidence(SoftTargets(), "right")
    with pytest.raises(TypeError, match=r"of type FeatureHint\.$"):
        TeacherConfidence(FeatureHint("a", "b"))
