"""TeacherConfidence: another loss times a gate that only the teacher opens."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import (
    BinarySoftTargets,
    DecoupledDistillation,
    FeatureHint,
    SequenceSoftTargets,
    SoftTargets,
    TeacherConfidence,
)
from keras_distill.losses.teacher_confidence import sigmoid_teacher_gate, teacher_gate


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


def tag_gates(z, labels):
    p = 1 / (1 + np.exp(-z.astype("float64")))
    entropy = -(p * np.log(p) + (1 - p) * np.log(1 - p))
    right = ((z > 0) == labels) | (labels < 0)
    return {
        "correct": right.mean(-1),
        "confidence": np.maximum(p, 1 - p).mean(-1),
        "entropy": (1 - entropy / np.log(2)).mean(-1),
    }


@pytest.mark.parametrize("gate", ["correct", "confidence", "entropy"])
@pytest.mark.parametrize("tags", [1, 3])
def test_yes_no_outputs_are_gated_one_by_one(gate, tags, value_and_gradient):
    rng = np.random.default_rng(3)
    t, s = (rng.normal(0, 2, (8, tags)).astype("float32") for _ in "ts")
    labels = rng.integers(-1, 2, (8, tags))
    weight, inner = tag_gates(t, labels)[gate], BinarySoftTargets(2.0)
    np.testing.assert_allclose(sigmoid_teacher_gate(t, gate, labels), weight, rtol=1e-4)
    loss = TeacherConfidence(inner, gate)
    values, gradient = value_and_gradient(lambda each: loss(t, each, labels=labels), s)
    np.testing.assert_allclose(values, weight * np.asarray(inner(t, s)), rtol=1e-4)
    assert np.isfinite(gradient).all()
    p, q = 1 / (1 + np.exp(-t)), 1 / (1 + np.exp(-s))
    served = TeacherConfidence(BinarySoftTargets(2.0, from_logits=False), gate)
    np.testing.assert_allclose(served(p, q, labels=labels), values, rtol=1e-3, atol=1e-5)


def test_yes_no_outputs_by_hand_and_in_other_shapes():
    z = np.log(np.array([[3.0, 1.0]], "float32"))  # sure by 3/4, and not at all
    assert float(sigmoid_teacher_gate(z, "confidence")[0]) == pytest.approx(0.625)
    one = np.array([[2.0], [-2.0]], "float32")
    np.testing.assert_array_equal(sigmoid_teacher_gate(one, "correct", np.array([1, 1])), [1, 0])
    tokens = TeacherConfidence(BinarySoftTargets(), "entropy")(
        np.ones((2, 4, 3)), z[0, 0] * np.ones((2, 4, 3))
    )
    assert tokens.shape == (2, 4)


@pytest.mark.parametrize("classes", [2, 5, 7, 10, 1000])
def test_a_teacher_that_knows_nothing_never_turns_the_sign(classes):
    assert float(teacher_gate(np.zeros((1, classes), "float32"), "entropy")[0]) >= 0


def test_probabilities_are_inverted_as_the_inner_loss_has_it():
    assert TeacherConfidence(BinarySoftTargets()).inverse is BinarySoftTargets.inverse


def test_refusals():
    sentence = "`gate` must be one of 'correct', 'confidence', 'entropy'. Received: gate='right'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        TeacherConfidence(SoftTargets(), "right")
    with pytest.raises(TypeError, match=r"of type FeatureHint\.$"):
        TeacherConfidence(FeatureHint("a", "b"))


def test_sequences_are_not_weighed_by_tokens():
    sentence = (
        "TeacherConfidence weighs tokens one by one. Received: loss=SequenceSoftTargets, whose "
        "value is a whole sequence's. Pass kd.losses.SoftTargets() instead."
    )
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        TeacherConfidence(SequenceSoftTargets())
