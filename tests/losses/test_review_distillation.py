"""ReviewDistillation against the paper's fusion and pooling in NumPy float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import ReviewDistillation
from keras_distill.losses.review_distillation import hierarchical_context


def pooled(x, size):
    """Average of cells from ⌊i·n/size⌋ to ⌈(i+1)·n/size⌉ along both axes."""
    h, w = x.shape[1:3]
    rows, columns = min(size, h), min(size, w)
    made = np.zeros((len(x), rows, columns, x.shape[3]))
    for i in range(rows):
        for j in range(columns):
            top, bottom = i * h // rows, int(np.ceil((i + 1) * h / rows))
            left, right = j * w // columns, int(np.ceil((j + 1) * w / columns))
            made[:, i, j] = x[:, top:bottom, left:right].mean((1, 2))
    return made


def exact_context(t, s):
    t, s = t.astype("float64"), s.astype("float64")
    total, weights, weight = ((t - s) ** 2).mean((1, 2, 3)), 1.0, 1.0
    for size in (4, 2, 1):
        if size < t.shape[1]:
            weight /= 2
            weights += weight
            total = total + weight * ((pooled(t, size) - pooled(s, size)) ** 2).mean((1, 2, 3))
    return total / weights


def convolved(x, kernel):
    size = kernel.shape[0]
    edge = size // 2
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge), (0, 0)))
    h, w = x.shape[1:3]
    return sum(
        np.einsum("bhwc,co->bhwo", padded[:, i : i + h, j : j + w], kernel[i, j])
        for i in range(size)
        for j in range(size)
    )


def exact(loss, teacher, student):
    """The whole in inference mode: fresh normalizations divide by √(1 + 0.001)."""

    def block(pair, x):
        return convolved(x, np.array(pair[0].kernel, "float64")) / np.sqrt(1.001)

    def nearest(x, size):
        at = np.arange(size) * x.shape[1] // size
        return x[:, at][:, :, at]

    total, deeper = 0.0, None
    for i in reversed(range(len(student))):
        x = block(loss._inward[i], student[i].astype("float64"))
        if deeper is not None:
            y = nearest(deeper, x.shape[1])
            kernel, bias = (np.array(each, "float64") for each in loss._attention[i].weights)
            z = 1 / (1 + np.exp(-(np.concatenate([x, y], -1) @ kernel[0, 0] + bias)))
            x = x * z[..., :1] + y * z[..., 1:]
        deeper = x
        total = total + exact_context(
            teacher[i], block(loss._outward[i], nearest(x, teacher[i].shape[1]))
        )
    return total


def draws(sizes, channels, seed=0, batch=3):
    rng = np.random.default_rng(seed)
    return [
        rng.normal(size=(batch, size, size, width)).astype("float32")
        for size, width in zip(sizes, channels, strict=True)
    ]


@pytest.mark.parametrize("size", [1, 2, 4, 7, 8])
def test_hierarchical_context_is_the_papers(size):
    (t,), (s,) = draws([size], [3]), draws([size], [3], seed=1)
    np.testing.assert_allclose(hierarchical_context(t, s), exact_context(t, s), rtol=1e-5)


def test_hierarchical_context_worked_by_hand():
    # Differences 1, 0, 0, −1 on 2 × 2: mean square 1/2; pooled to one they cancel.
    t, s = np.zeros((1, 2, 2, 1)), np.array([1.0, 0.0, 0.0, -1.0]).reshape(1, 2, 2, 1)
    assert float(hierarchical_context(t, s)[0]) == pytest.approx(0.5 / 1.5)
    # 1 everywhere stays 1 at every size.
    assert float(hierarchical_context(t, t + 1)[0]) == pytest.approx(1.0)


@pytest.mark.parametrize("teacher_sizes, student_sizes", [([8, 4, 2], [8, 4, 2]), ([6, 4], [7, 3])])
def test_fusion_is_the_papers(teacher_sizes, student_sizes):
    names = list("abc")[: len(teacher_sizes)]
    loss = ReviewDistillation(names, names, mid_channels=4, seed=2)
    t, s = (
        draws(teacher_sizes, [5, 6, 7][: len(names)]),
        draws(student_sizes, [2, 3, 4][: len(names)], seed=1),
    )
    values = np.array(loss(t, s))
    wanted = exact(loss, t, s)
    assert values.shape == (3,)
    np.testing.assert_allclose(values, wanted, rtol=1e-4)
    order = [2, 0, 1]
    again = loss([each[order] for each in t], [each[order] for each in s])
    np.testing.assert_allclose(again, wanted[order], rtol=1e-4)


def test_vectors_are_maps_of_one_position():
    loss = ReviewDistillation(["a", "pool"], ["a", "pool"], seed=0)
    t, s = draws([4, 1], [3, 5]), draws([4, 1], [2, 6])
    flat = loss([t[0], t[1][:, 0, 0]], [s[0], s[1][:, 0, 0]])
    np.testing.assert_allclose(flat, loss(t, s), rtol=1e-6)


def test_normalizations_learn_in_training_only():
    loss = ReviewDistillation(["a", "b"], ["a", "b"], seed=0)
    t, s = draws([4, 2], [3, 5]), draws([4, 2], [2, 6])
    loss(t, s)
    before = [np.array(each) for each in loss.non_trainable_variables]
    loss(t, s, training=False)
    for one, other in zip(before, loss.non_trainable_variables, strict=True):
        np.testing.assert_array_equal(one, other)
    loss(t, s, training=True)
    for one, other in zip(before, loss.non_trainable_variables, strict=True):
        assert not np.allclose(one, other)
    # Per layer two convolutions and two normalizations, and one attention with bias.
    assert len(loss.trainable_variables) == 2 * (2 + 4) + 2


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, training, value_and_gradient):
    loss = ReviewDistillation(["a", "b"], ["a", "b"], seed=0)
    t, s = draws([4, 2], [3, 5], batch=4), draws([4, 2], [2, 6], batch=4)
    scale = 1e4 if training else 1.0  # the gradient to float16 features must fit in float16
    t, s = ([(scale * each).astype(dtype) for each in both] for both in (t, s))
    s[0][0], t[1][1] = 0.0, 0.0
    loss(t, s)

    def values_of(each):
        with keras.StatelessScope():  # JAX differentiates no assignments
            return loss(t, [each, s[1]], training=training)

    values, gradient = value_and_gradient(values_of, s[0])
    assert values.dtype == np.float32
    assert np.isfinite(values).all() and np.isfinite(gradient).all() and (gradient != 0).any()


def test_config_makes_the_round_trip():
    loss = ReviewDistillation(["a", "b/c"], ("d", "e"), mid_channels=8, seed=3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
    assert again.student_layer_name == ["d", "e"] and again.mid_channels == 8
    t, s = draws([4, 2], [3, 5]), draws([4, 2], [2, 6])
    np.testing.assert_array_equal(loss(t, s), again(t, s))


@pytest.mark.parametrize("paths", [(["a"], ["b", "c"]), ("a", "b"), ([], [])])
def test_paths_that_do_not_fit(paths):
    sentence = (
        "ReviewDistillation takes two lists of layer paths of equal length, from shallow to deep. "
        f"Received: teacher_layer_name={paths[0]!r}, student_layer_name={paths[1]!r}. Name as many "
        "student layers as teacher layers."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ReviewDistillation(*paths)


def test_channels_that_are_none():
    sentence = "`mid_channels` must be an integer from 1, or None. Received: mid_channels=0."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ReviewDistillation(["a"], ["b"], mid_channels=0)


def test_features_that_do_not_fit():
    loss = ReviewDistillation(["a", "b"], ["c", "d"])
    sentence = (
        "ReviewDistillation expects the features of 2 student layers as a list. Received: 1. Pass "
        "one for each of ['c', 'd']."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.check([np.zeros((1, 2, 2, 1))] * 2, [np.zeros((1, 2, 2, 1))])
    sentence = (
        "ReviewDistillation compares maps (batch, height, width, channels) or vectors of known "
        "size. Received: teacher layer 'b' of shape (1, 5, 3). Fix the model's input size, or name "
        "another layer."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.check([np.zeros((1, 2, 2, 1)), np.zeros((1, 5, 3))], [np.zeros((1, 2, 2, 1))] * 2)
