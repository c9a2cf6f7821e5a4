"""ProbabilisticTransfer against the paper's conditional probabilities in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import ProbabilisticTransfer
from keras_distill.losses.probabilistic_transfer import (
    neighbour_divergence,
    neighbour_probabilities,
)
from keras_distill.testing import check_distillation_loss


def probabilities(features):
    f = features.astype("float64").reshape(len(features), -1)
    f = f / np.linalg.norm(f, axis=1, keepdims=True)
    kernel = (f @ f.T + 1) / 2
    np.fill_diagonal(kernel, 0.0)
    return kernel / kernel.sum(1, keepdims=True)


def exact(teacher, student):
    """Σ_{j ≠ i} p log(p / q) for each i."""
    p, q = probabilities(teacher), probabilities(student)
    apart = ~np.eye(len(p), dtype=bool)
    terms = np.zeros_like(p)
    terms[apart] = p[apart] * np.log(p[apart] / q[apart])
    return terms.sum(1)


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize("student_shape", [(6, 9), (6, 2, 2, 5), (6, 3, 4)])
def test_rows_are_the_papers(student_shape):
    t, s = draws((6, 4, 4, 3), student_shape)
    wanted, loss = exact(t, s), ProbabilisticTransfer("a", "b")
    np.testing.assert_allclose(loss(t, s), wanted, rtol=1e-3, atol=1e-7)
    np.testing.assert_allclose(neighbour_probabilities(t), probabilities(t), atol=1e-6)
    order = np.array([5, 3, 1, 4, 0, 2])
    np.testing.assert_allclose(loss(t[order], s[order]), wanted[order], rtol=1e-3, atol=1e-7)


def test_a_near_student_keeps_its_digits():
    t, noise = draws((6, 8), (6, 8))
    s = (t + 1e-2 * noise).astype("float32")
    values = np.array(ProbabilisticTransfer("a", "b")(t, s))
    assert values.max() < 1e-3
    np.testing.assert_allclose(values, exact(t, s), rtol=5e-3)
    np.testing.assert_array_equal(ProbabilisticTransfer("a", "b")(t, t), np.zeros(6))


def test_worked_by_hand():
    # Example 0 along x; 1 along x; 2 along y: K = 1 and 1/2, so p(· | 0) = (2/3, 1/3). The
    # student has 1 and 2 the other way round: KL = 2/3 ln 2 − 1/3 ln 2 = ln 2 / 3.
    x, y = [1.0, 0.0], [0.0, 1.0]
    t, s = np.array([x, x, y]), np.array([x, y, x])
    values = np.array(neighbour_divergence(t, s))
    assert values[0] == pytest.approx(np.log(2) / 3, rel=1e-4)


def test_gradient_is_that_of_finite_differences(value_and_gradient):
    t, s = draws((4, 3), (4, 5))
    _, gradient = value_and_gradient(lambda x: ProbabilisticTransfer("a", "b")(t, x), s)
    wanted = np.zeros(s.shape)
    for at in np.ndindex(*s.shape):
        step = np.zeros(s.shape)
        step[at] = 1e-5
        wanted[at] = (exact(t, s + step) - exact(t, s - step)).sum() / 2e-5
    np.testing.assert_allclose(gradient, wanted, rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((7, 4), (7, 4)))
    # Zeros, copies, opposites, and a teacher's neighbour that the student has opposite.
    s[0], s[1], t[2], s[4], t[5], s[5] = 0.0, s[3], 0.0, 1e-4, t[6], -s[6]
    for rows in (slice(None), slice(1), slice(5, 7)):
        values, gradient = value_and_gradient(
            lambda x, r=rows: ProbabilisticTransfer("a", "b")(t[r], x), s[rows]
        )
        assert values.dtype == np.float32 and (values >= 0).all()
        assert np.isfinite(values).all() and np.isfinite(gradient).all()


def test_it_conforms():
    check_distillation_loss(ProbabilisticTransfer("a", "b"), *draws((4, 3), (4, 3)), None, True)


def test_config_makes_the_round_trip():
    loss = ProbabilisticTransfer("a/b", "c", name="neighbours")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


def test_features_that_do_not_fit():
    sentence = (
        "ProbabilisticTransfer compares features (batch, ...). Received: teacher layer 'a' of "
        "shape (2,), student layer 'b' of shape (2, 3). Choose layers with at least one feature "
        "axis."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ProbabilisticTransfer("a", "b").check(np.zeros(2), np.zeros((2, 3)))
