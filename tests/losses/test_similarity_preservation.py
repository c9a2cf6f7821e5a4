"""SimilarityPreservation against the paper's matrices in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import SimilarityPreservation
from keras_distill.losses.similarity_preservation import similarities, similarity_difference


def exact(teacher, student):
    """‖G_T − G_S‖²_F / b², and each row's part of it times b."""
    matrices = []
    for features in (teacher, student):
        q = features.astype("float64").reshape(len(features), -1)
        g = q @ q.T
        matrices.append(g / np.linalg.norm(g, axis=1, keepdims=True))
    squares = (matrices[0] - matrices[1]) ** 2
    return squares.sum() / len(teacher) ** 2, squares.sum(1) / len(teacher)


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize("student_shape", [(6, 9), (6, 2, 2, 5), (6, 3, 4)])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e15])
def test_mean_of_the_rows_is_the_papers_value(student_shape, scale):
    t, s = draws((6, 4, 4, 3), student_shape)
    loss = SimilarityPreservation("a", "b")
    whole, rows = exact(t, s * np.float32(scale))
    values = np.array(loss(t, s * np.float32(scale)))
    assert values.shape == (6,) and values.mean() == pytest.approx(whole, rel=2e-5)
    np.testing.assert_allclose(values, rows, rtol=2e-5)
    order = np.array([5, 3, 1, 4, 0, 2])
    np.testing.assert_allclose(loss(t[order], s[order] * np.float32(scale)), rows[order], rtol=2e-5)


def test_worked_by_hand():
    # Teacher: the same twice, rows (1, 1)/√2. Student: at right angles, rows (1, 0), (0, 1).
    t, s = np.array([[2.0], [2.0]]), np.array([[3.0, 0.0], [0.0, 1.0]])
    row = ((1 - 0.5**0.5) ** 2 + 0.5) / 2
    np.testing.assert_allclose(SimilarityPreservation("a", "b")(t, s), [row, row], rtol=1e-6)
    np.testing.assert_allclose(similarities(s), np.eye(2), atol=1e-6)


def test_gradient_is_that_of_finite_differences(value_and_gradient):
    t, s = draws((4, 3), (4, 5))
    _, gradient = value_and_gradient(lambda each: similarity_difference(t, each), s)
    wanted = np.zeros(s.shape)
    for at in np.ndindex(*s.shape):
        step = np.zeros(s.shape)
        step[at] = 1e-5
        wanted[at] = (exact(t, s + step)[1] - exact(t, s - step)[1]).sum() / 2e-5
    np.testing.assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((6, 4), (6, 4)))
    s[0], s[1], t[2], s[4] = 0.0, s[3], 0.0, 1e-4
    values, gradient = value_and_gradient(lambda each: SimilarityPreservation("a", "b")(t, each), s)
    assert values.dtype == np.float32
    assert np.isfinite(values).all() and np.isfinite(gradient).all() and (gradient != 0).any()


@pytest.mark.parametrize("fill", [0.0, 1.0])
def test_equal_examples_and_a_batch_of_one(fill, value_and_gradient):
    loss = SimilarityPreservation("a", "b")
    for batch in (1, 3):
        same = np.full((batch, 4), fill, "float32")
        values, gradient = value_and_gradient(lambda each, x=same: loss(x, each), same)
        np.testing.assert_allclose(values, 0.0, atol=1e-7)
        np.testing.assert_allclose(gradient, 0.0, atol=1e-6)


def test_config_makes_the_round_trip():
    loss = SimilarityPreservation("a/b", "c", name="alike")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


def test_features_that_do_not_fit():
    sentence = (
        "SimilarityPreservation compares features (batch, ...). Received: teacher layer 'a' of "
        "shape (2,), student layer 'b' of shape (2, 3). Choose layers with at least one feature "
        "axis."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SimilarityPreservation("a", "b").check(np.zeros(2), np.zeros((2, 3)))
