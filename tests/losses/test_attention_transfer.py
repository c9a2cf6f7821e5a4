"""AttentionTransfer against the paper's maps in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import AttentionTransfer
from keras_distill.losses.attention_transfer import attention_distance, attention_map


def pooled(a, size):
    block = a.shape[1] // size
    return a.reshape(len(a), size, block, size, block).mean((2, 4))


def exact(teacher, student, p=2.0):
    maps = [(np.abs(f.astype("float64")) ** p).mean(-1) for f in (teacher, student)]
    if teacher.ndim == 4:
        size = min(each.shape[1] for each in maps)
        maps = [pooled(each, size) for each in maps]
    t, s = (
        q.reshape(len(q), -1) / np.linalg.norm(q.reshape(len(q), -1), axis=-1, keepdims=True)
        for q in maps
    )
    return ((t - s) ** 2).sum(-1)


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize("p", [1.0, 2.0, 4])
@pytest.mark.parametrize(
    "shapes",
    [
        ((5, 4, 4, 7), (5, 4, 4, 3)),
        ((5, 8, 8, 7), (5, 4, 4, 3)),
        ((5, 2, 2, 7), (5, 6, 6, 3)),
        ((5, 9, 4), (5, 9, 6)),
    ],
)
def test_value_is_the_papers(shapes, p):
    t, s = draws(*shapes)
    loss = AttentionTransfer("a", "b", exponent=p)
    np.testing.assert_allclose(loss(t, s), exact(t, s, p), rtol=2e-5)
    order = np.array([3, 1, 4, 0, 2])
    np.testing.assert_allclose(loss(t[order], s[order]), np.array(loss(t, s))[order], rtol=1e-5)


def test_gradient_is_that_of_finite_differences(value_and_gradient):
    t, s = draws((2, 2, 2, 3), (2, 2, 2, 2))
    _, gradient = value_and_gradient(lambda each: AttentionTransfer("a", "b")(t, each), s)
    wanted = np.zeros(s.shape)
    for at in np.ndindex(*s.shape):
        step = np.zeros(s.shape)
        step[at] = 1e-5
        wanted[at] = (exact(t, s + step) - exact(t, s - step)).sum() / 2e-5
    np.testing.assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-5)


def test_worked_by_hand():
    # Two positions, one channel: maps (3², 4²·…) = (0.6, 0.8) and (1, 0): 0.16 + 0.64.
    t = np.sqrt(np.array([3.0, 4.0])).reshape(1, 1, 2, 1)
    s = np.array([7.0, 0.0]).reshape(1, 1, 2, 1)
    assert float(AttentionTransfer("a", "b")(t, s)[0]) == pytest.approx(0.8, rel=1e-6)
    # Opposite attention is as far as it goes.
    far = attention_distance(np.array([[[0.0], [2.0]]]), np.array([[[5.0], [0.0]]]))
    assert float(far[0]) == pytest.approx(2.0)
    energy = attention_map(np.array([[[1.0, 2.0], [0.0, 1.0]]]), 2.0)
    np.testing.assert_allclose(np.array(energy)[0, :, 0], [2.5 / 4, 0.5 / 4])


def test_padding_takes_no_part():
    t, s = draws((2, 5, 4), (2, 5, 3))
    mask = np.array([[True, True, True, False, False], [True] * 5])
    loss = AttentionTransfer("a", "b")
    masked = np.array(loss(t, s, mask=mask))
    np.testing.assert_allclose(masked[:1], exact(t[:1, :3], s[:1, :3]), rtol=2e-5)
    np.testing.assert_allclose(masked[1:], exact(t[1:], s[1:]), rtol=2e-5)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("p", [1.0, 2.0, 4.0])
def test_extreme_features_have_finite_gradients(dtype, p, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((5, 2, 2, 3), (5, 2, 2, 3)))
    s[0], s[1], t[2], s[4] = 0.0, t[1], 0.0, 1e-4
    values, gradient = value_and_gradient(lambda each: AttentionTransfer("a", "b", p)(t, each), s)
    assert np.isfinite(values).all() and np.isfinite(gradient).all()
    assert values.dtype == np.float32 and values[1] == 0.0
    assert (gradient[0] == 0).all() and (gradient[3] != 0).any()


def test_config_makes_the_round_trip():
    loss = AttentionTransfer("a/b", "c", exponent=4)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and again.exponent == 4


@pytest.mark.parametrize(
    "teacher, student, sentence",
    [
        (
            (2, 16),
            (2, 16),
            "AttentionTransfer compares maps (batch, height, width, channels) with maps, or tokens "
            "(batch, tokens, width) with tokens. Received: teacher layer 'a' of shape (2, 16), "
            "student layer 'b' of shape (2, 16). Name layers before pooling and flattening.",
        ),
        (
            (2, 5, 16),
            (2, 4, 16),
            "AttentionTransfer compares token by token. Received: teacher layer 'a' of shape "
            "(2, 5, 16), student layer 'b' of shape (2, 4, 16). Choose layers with equal numbers "
            "of tokens.",
        ),
        (
            (2, 7, 7, 3),
            (2, 4, 4, 3),
            "AttentionTransfer pools the larger map to the smaller, so one size must be a multiple "
            "of the other. Received: teacher layer 'a' of shape (2, 7, 7, 3), student layer 'b' of "
            "shape (2, 4, 4, 3). Choose another pair of layers, or resize one model's input.",
        ),
    ],
)
def test_features_that_do_not_fit(teacher, student, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        AttentionTransfer("a", "b").check(np.zeros(teacher), np.zeros(student))


@pytest.mark.parametrize("exponent", [0.5, "2", True, float("inf")])
def test_exponents_that_are_none(exponent):
    sentence = (
        f"`exponent` must be a number from 1. Received: exponent={exponent!r}. The paper uses 2."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        AttentionTransfer("a", "b", exponent=exponent)
