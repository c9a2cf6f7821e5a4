"""CorrelationCongruence against the paper's kernel in float64."""

import math
import re

import keras
import numpy as np
import pytest

from keras_distill.losses import CorrelationCongruence
from keras_distill.losses.correlation_congruence import correlation_difference, correlations
from keras_distill.testing import check_distillation_loss


def exact(teacher, student, gamma=0.4, order=2):
    """(C_S − C_T)² / b, row by row, entry by entry as the paper writes the kernel."""
    matrices = []
    for features in (teacher, student):
        f = features.astype("float64").reshape(len(features), -1)
        f = f / np.linalg.norm(f, axis=1, keepdims=True)
        c = np.zeros((len(f), len(f)))
        for i in range(len(f)):
            for j in range(len(f)):
                c[i, j] = sum(
                    math.exp(-2 * gamma) * (2 * gamma) ** p / math.factorial(p) * (f[i] @ f[j]) ** p
                    for p in range(order + 1)
                )
        matrices.append(c)
    return ((matrices[1] - matrices[0]) ** 2).mean(1)


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize("gamma, order", [(0.4, 2), (0.4, 1), (2.0, 5)])
def test_rows_are_the_papers(gamma, order):
    t, s = draws((6, 4, 4, 3), (6, 9))
    loss = CorrelationCongruence("a", "b", gamma, order)
    wanted = exact(t, s, gamma, order)
    np.testing.assert_allclose(loss(t, s), wanted, rtol=1e-4)
    whole = np.linalg.norm(np.array(correlations(s, gamma, order) - correlations(t, gamma, order)))
    assert np.array(loss(t, s)).mean() == pytest.approx(whole**2 / 36, rel=1e-4)
    turn = np.array([5, 3, 1, 4, 0, 2])
    np.testing.assert_allclose(loss(t[turn], s[turn]), wanted[turn], rtol=1e-4)


def test_high_orders_are_the_gaussian_kernel():
    t, _ = draws((5, 7), (1, 1))
    f = t.astype("float64") / np.linalg.norm(t, axis=1, keepdims=True)
    squares = ((f[:, None] - f[None]) ** 2).sum(-1)
    np.testing.assert_allclose(correlations(t, 0.4, 10), np.exp(-0.4 * squares), rtol=1e-5)


def test_worked_by_hand():
    # Teacher: the same twice; student: at right angles. γ = ½, order 1: C = (1 + xᵀy) / e,
    # so off the diagonal 2/e against 1/e, and a row gives (0 + e⁻²) / 2.
    t, s = np.array([[2.0], [2.0]]), np.array([[3.0, 0.0], [0.0, 1.0]])
    row = math.exp(-2) / 2
    np.testing.assert_allclose(correlation_difference(t, s, 0.5, 1), [row, row], rtol=1e-5)


def test_gradient_is_that_of_finite_differences(value_and_gradient):
    t, s = draws((4, 3), (4, 5))
    _, gradient = value_and_gradient(lambda x: CorrelationCongruence("a", "b")(t, x), s)
    wanted = np.zeros(s.shape)
    for at in np.ndindex(*s.shape):
        step = np.zeros(s.shape)
        step[at] = 1e-5
        wanted[at] = (exact(t, s + step) - exact(t, s - step)).sum() / 2e-5
    np.testing.assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((6, 4), (6, 4)))
    s[0], s[1], t[2], s[4] = 0.0, s[3], 0.0, 1e-4
    for rows in (slice(None), slice(1)):
        values, gradient = value_and_gradient(
            lambda x, r=rows: CorrelationCongruence("a", "b", 2.0)(t[r], x), s[rows]
        )
        assert values.dtype == np.float32
        assert np.isfinite(values).all() and np.isfinite(gradient).all()


def test_it_conforms():
    check_distillation_loss(CorrelationCongruence("a", "b"), *draws((4, 3), (4, 3)), None, True)


def test_config_makes_the_round_trip():
    loss = CorrelationCongruence("a/b", "c", gamma=0.7, order=3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and (again.gamma, again.order) == (0.7, 3)


@pytest.mark.parametrize(
    "build, sentence",
    [
        (
            lambda: CorrelationCongruence("a", "b", gamma=0),
            "`gamma` must be a number above 0, 40 at most. Received: gamma=0. The paper uses 0.4.",
        ),
        (
            lambda: CorrelationCongruence("a", "b", order=True),
            "`order` must be an integer from 1. Received: order=True. The paper uses 2.",
        ),
        (
            lambda: CorrelationCongruence("a", "b").check(np.zeros(2), np.zeros((2, 3))),
            "CorrelationCongruence compares features (batch, ...). Received: teacher layer 'a' of "
            "shape (2,), student layer 'b' of shape (2, 3). Choose layers with at least one "
            "feature axis.",
        ),
    ],
)
def test_refusals(build, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        build()
