"""HardTeacherLabels: cross-entropy to the teacher's argmax."""

import keras
import numpy as np
import pytest

from keras_distill.losses import HardTeacherLabels
from keras_distill.losses.hard_teacher_labels import hard_label_cross_entropy


def reference(teacher, student):
    student = student.astype("float64")
    exponent = np.exp(student - student.max(-1, keepdims=True))
    q = exponent / exponent.sum(-1, keepdims=True)
    wanted = np.eye(student.shape[-1])[teacher.argmax(-1)]
    return -np.log((q * wanted).sum(-1)), q - wanted


@pytest.mark.parametrize("scale", [0.1, 3, 20])
def test_value_and_gradient(scale, value_and_gradient):
    rng = np.random.default_rng(0)
    t, s = (rng.normal(0, scale, (32, 10)).astype("float32") for _ in "ts")
    wanted, slope = reference(t, s)
    values, gradient = value_and_gradient(lambda each: HardTeacherLabels()(t, each), s)
    np.testing.assert_allclose(values, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(gradient, slope, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(hard_label_cross_entropy(t, s), wanted, rtol=1e-4, atol=1e-5)


def test_worked_by_hand_and_only_the_decision_counts():
    s = np.log(np.array([[0.5, 0.3, 0.2]]))
    for teacher in ([[0.1, 0.2, 0.0]], [[-50.0, 900.0, 3.0]]):
        assert float(HardTeacherLabels()(np.array(teacher), s)[0]) == pytest.approx(-np.log(0.3))


def test_extreme_outputs_are_finite(value_and_gradient):
    t = np.array([[0.0, 1.0, -np.inf]], "float32")
    s = np.array([[1e4, -1e4, -np.inf]], "float32")
    values, gradient = value_and_gradient(lambda each: HardTeacherLabels()(t, each), s)
    np.testing.assert_allclose(values, [2e4])
    np.testing.assert_allclose(gradient, [[1.0, -1.0, 0.0]], atol=1e-6)


def test_tokens_keep_their_own_values():
    rng = np.random.default_rng(1)
    t, s = (rng.normal(size=(2, 5, 4)).astype("float32") for _ in "ts")
    np.testing.assert_allclose(HardTeacherLabels()(t, s), reference(t, s)[0], rtol=1e-5)


def test_config_makes_the_round_trip():
    loss = HardTeacherLabels(from_logits=False, name="hard")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
