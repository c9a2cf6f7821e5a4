"""RegressionTargets: squared error, and Chen et al.'s teacher as an upper bound."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import RegressionTargets
from keras_distill.losses.regression_targets import bounded_squared_error


def draws():
    rng = np.random.default_rng(0)
    return tuple(rng.normal(size=(16, 3)).astype("float32") for _ in "tsy")


def test_mean_squared_difference(value_and_gradient):
    t, s, _ = draws()
    values, gradient = value_and_gradient(lambda each: RegressionTargets()(t, each), s)
    np.testing.assert_allclose(values, ((s - t) ** 2).mean(-1), rtol=1e-5)
    np.testing.assert_allclose(gradient, 2 / 3 * (s - t), rtol=1e-5)


@pytest.mark.parametrize("margin", [0.0, 0.5])
def test_the_teacher_bounds_the_student(margin):
    t, s, y = (each.astype("float64") for each in draws())
    wanted = []
    for teacher, student, label in zip(t, s, y, strict=True):
        worse = ((student - label) ** 2).mean() + margin > ((teacher - label) ** 2).mean()
        wanted.append(((student - teacher) ** 2).mean() if worse else 0.0)
    assert 0 < np.count_nonzero(wanted) < 16 or margin
    loss = RegressionTargets(bounded=True, margin=margin)
    np.testing.assert_allclose(loss(t, s, labels=y), wanted, rtol=1e-4)
    np.testing.assert_allclose(loss(t, s), ((s - t) ** 2).mean(-1), rtol=1e-4)


def test_labels_without_the_last_axis_of_one():
    t, s = np.array([[1.0], [1.0]]), np.array([[2.0], [0.1]])
    np.testing.assert_allclose(bounded_squared_error(t, s, np.zeros(2)), [1.0, 0.0])


def test_margin_worked_by_hand():
    # Squared errors: teacher 1; students 0.81 and 0.25. Who beats it by 0.5 is left alone.
    t, s, y = np.array([[1.0], [1.0]]), np.array([[0.9], [0.5]]), np.zeros((2, 1))
    np.testing.assert_allclose(bounded_squared_error(t, s, y, 0.5), [0.01, 0.0], rtol=1e-4)
    np.testing.assert_allclose(bounded_squared_error(t, s, y, 0.0), [0.0, 0.0])


def test_extreme_outputs_are_finite(value_and_gradient):
    t = np.array([[1e4]], "float16")
    values, gradient = value_and_gradient(
        lambda each: RegressionTargets()(t, each), np.array([[-1e4]], "float16")
    )
    np.testing.assert_allclose(values, [4e8], rtol=1e-3)
    assert np.isfinite(gradient).all()


def test_config_makes_the_round_trip():
    loss = RegressionTargets(True, 0.25, name="boxes")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


def test_refusals():
    sentence = "`margin` must be a number of 0 or more. Received: margin=-1."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        RegressionTargets(margin=-1)
    sentence = (
        "RegressionTargets compares teacher and student number by number. Received: outputs of "
        "shape [3] and [4] for one example. Name the layers of two heads of one shape: "
        "teacher_layer_name=..., student_layer_name=... ."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        RegressionTargets().check(np.zeros((2, 3)), np.zeros((2, 4)))
