"""LogitMatching: half the squared distance of centred logits."""

import keras
import numpy as np
import pytest

from keras_distill.losses import LogitMatching, SoftTargets
from keras_distill.losses.logit_matching import centred_logit_distance


def reference(teacher, student):
    teacher, student = teacher.astype("float64"), student.astype("float64")
    teacher = teacher - teacher.mean(-1, keepdims=True)
    student = student - student.mean(-1, keepdims=True)
    return 0.5 * ((student - teacher) ** 2).sum(-1), student - teacher


@pytest.mark.parametrize("shape", [(16, 10), (4, 5, 10)])
def test_value_and_gradient(shape, value_and_gradient):
    rng = np.random.default_rng(0)
    t, s = (rng.normal(0, 3, shape).astype("float32") for _ in "ts")
    wanted, slope = reference(t, s)
    values, gradient = value_and_gradient(lambda each: LogitMatching()(t, each), s)
    np.testing.assert_allclose(values, wanted, rtol=1e-5)
    np.testing.assert_allclose(gradient, slope, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(centred_logit_distance(t, s + 64), wanted, rtol=1e-3)


def test_worked_by_hand():
    # Centred: (1, 0, −1) and (−1, 0, 1): ½ (4 + 0 + 4).
    t, s = np.array([[2.0, 1.0, 0.0]]), np.array([[9.0, 10.0, 11.0]])
    assert float(LogitMatching()(t, s)[0]) == 4.0


def test_it_is_the_limit_of_soft_targets():
    rng = np.random.default_rng(1)
    t, s = (rng.normal(size=(8, 10)).astype("float32") for _ in "ts")
    np.testing.assert_allclose(10 * SoftTargets(300.0)(t, s), LogitMatching()(t, s), rtol=1e-2)


def test_extreme_outputs_are_finite(value_and_gradient):
    t = np.array([[0.0, -np.inf], [1e4, 0.0]], "float32")
    s = np.array([[0.0, -np.inf], [-1e4, 0.0]], "float32")
    values, gradient = value_and_gradient(lambda each: LogitMatching()(t, each), s)
    np.testing.assert_allclose(values, [0.0, 1e8], rtol=1e-5)
    assert np.isfinite(gradient).all() and gradient[1, 0] < 0


def test_probabilities_are_served_by_logs():
    p, q = np.array([[0.7, 0.2, 0.1]]), np.array([[0.2, 0.3, 0.5]])
    wanted, _ = reference(np.log(p), np.log(q))
    np.testing.assert_allclose(LogitMatching(from_logits=False)(p, q), wanted, rtol=1e-5)


def test_config_makes_the_round_trip():
    loss = LogitMatching(from_logits=True, name="logits")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
