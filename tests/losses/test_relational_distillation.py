"""RelationalDistillation against loops over pairs and triplets in float64."""

import itertools
import re

import keras
import numpy as np
import pytest

from keras_distill.losses import RelationalDistillation
from keras_distill.losses.relational_distillation import relational_angle, relational_distance


def huber(x):
    return np.where(np.abs(x) <= 1, 0.5 * x * x, np.abs(x) - 0.5)


def distances(f):
    b = len(f)
    d = np.array([[np.linalg.norm(f[i] - f[j]) for j in range(b)] for i in range(b)])
    return d / d[d > 0].mean()


def angles(f):
    b = len(f)
    made = np.zeros((b, b, b))
    for j, i, k in itertools.product(range(b), repeat=3):
        one, other = f[i] - f[j], f[k] - f[j]
        lengths = np.linalg.norm(one) * np.linalg.norm(other)
        made[j, i, k] = one @ other / lengths if lengths > 0 else 0.0
    return made


def exact(teacher, student, distance_weight=25.0, angle_weight=50.0):
    t, s = (f.astype("float64").reshape(len(f), -1) for f in (teacher, student))
    pairs = huber(distances(t) - distances(s)).mean(1)
    return distance_weight * pairs + angle_weight * huber(angles(t) - angles(s)).mean((1, 2))


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize("student_shape", [(6, 5), (6, 2, 2, 3)])
@pytest.mark.parametrize("weights", [(25.0, 50.0), (1.0, 0.0), (0.0, 1.0)])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e20])
def test_rows_are_the_terms_of_an_anchor(student_shape, weights, scale):
    t, s = draws((6, 2, 4), student_shape)
    s[0] = 9.0  # far enough for Huber's straight part
    wanted = exact(t, s, *weights)
    loss = RelationalDistillation("a", "b", *weights)
    np.testing.assert_allclose(loss(t, s * np.float32(scale)), wanted, rtol=5e-5)
    order = np.array([5, 3, 1, 4, 0, 2])
    np.testing.assert_allclose(loss(t[order], s[order]), wanted[order], rtol=5e-5)


def test_distance_worked_by_hand():
    # Teacher on a line at 0, 1, 3: distances 1, 3, 2, mean 2. Student 0, 1, 2: 1, 2, 1, mean 4/3.
    t, s = np.array([[0.0], [1.0], [3.0]]), np.array([[0.0], [1.0], [2.0]])
    # Over the mean: 1/2, 3/2, 1 against 3/4, 3/2, 3/4: off by 1/4, 0, 1/4.
    part = 0.5 * 0.25**2 / 3
    np.testing.assert_allclose(relational_distance(t, s), [part, 2 * part, part], rtol=1e-6)


def test_angle_worked_by_hand():
    # Two neighbours at right angles against on one line: the cosine at example 0 is 0, not 1.
    t = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    s = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    # At 0: both orders off by 1. At 1: cos 45° against −1. At 2: cos 45° against 1.
    c = 0.5**0.5
    wanted = [2 * 0.5 / 9, 2 * (c + 1 - 0.5) / 9, 2 * 0.5 * (1 - c) ** 2 / 9]
    np.testing.assert_allclose(relational_angle(t, s), wanted, rtol=1e-6)


def test_gradient_is_that_of_finite_differences(value_and_gradient):
    t, s = draws((4, 3), (4, 5))
    _, gradient = value_and_gradient(lambda each: RelationalDistillation("a", "b")(t, each), s)
    wanted = np.zeros(s.shape)
    for at in np.ndindex(*s.shape):
        step = np.zeros(s.shape)
        step[at] = 1e-5
        wanted[at] = (exact(t, s + step) - exact(t, s - step)).sum() / 2e-5
    np.testing.assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((6, 4), (6, 4)))
    s[0], s[1], t[2] = 0.0, s[3], t[5]
    values, gradient = value_and_gradient(lambda each: RelationalDistillation("a", "b")(t, each), s)
    assert values.dtype == np.float32 and (values > 0).all()
    assert np.isfinite(values).all() and np.isfinite(gradient).all() and (gradient != 0).any()


@pytest.mark.parametrize("batch", [1, 3])
def test_equal_examples_and_a_batch_of_one(batch, value_and_gradient):
    same = np.ones((batch, 4), "float32")
    values, gradient = value_and_gradient(
        lambda each: RelationalDistillation("a", "b")(same, each), same
    )
    np.testing.assert_array_equal(values, 0.0)
    np.testing.assert_array_equal(gradient, 0.0)


def test_config_makes_the_round_trip():
    loss = RelationalDistillation("a/b", "c", distance_weight=1, angle_weight=2.5)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and again.angle_weight == 2.5


@pytest.mark.parametrize("weights", [(-1.0, 2.0), (0, 0), ("1", 2), (1, float("inf"))])
def test_weights_that_are_none(weights):
    sentence = (
        "`distance_weight` and `angle_weight` must be numbers from 0, one of them above 0. "
        f"Received: distance_weight={weights[0]!r}, angle_weight={weights[1]!r}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        RelationalDistillation("a", "b", *weights)


def test_features_that_do_not_fit():
    sentence = (
        "RelationalDistillation compares features (batch, ...). Received: teacher layer 'a' of "
        "shape (2,), student layer 'b' of shape (2, 3). Choose layers with at least one feature "
        "axis."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        RelationalDistillation("a", "b").check(np.zeros(2), np.zeros((2, 3)))
