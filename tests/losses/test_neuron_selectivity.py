"""NeuronSelectivity against the paper's maximum mean discrepancy in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import NeuronSelectivity
from keras_distill.losses.neuron_selectivity import selectivities, selectivity_discrepancy
from keras_distill.testing import check_distillation_loss


def pooled(a, size):
    block = a.shape[1] // size
    return a.reshape(len(a), size, block, size, block, -1).mean((2, 4))


def exact(teacher, student):
    """The three kernel means, channel by channel, for each example."""
    if teacher.ndim == 4:
        size = min(teacher.shape[1], student.shape[1])
        teacher, student = (pooled(each.astype("float64"), size) for each in (teacher, student))
    made = []
    for t, s in zip(teacher, student, strict=True):
        samples = []
        for each in (t, s):
            x = each.astype("float64").reshape(-1, each.shape[-1]).T
            samples.append(x / np.linalg.norm(x, axis=1, keepdims=True))
        t, s = samples
        made.append(((t @ t.T) ** 2).mean() + ((s @ s.T) ** 2).mean() - 2 * ((t @ s.T) ** 2).mean())
    return np.array(made)


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize(
    "shapes",
    [
        ((5, 4, 4, 7), (5, 4, 4, 3)),
        ((5, 8, 8, 7), (5, 4, 4, 3)),
        ((5, 2, 2, 7), (5, 6, 6, 3)),
        ((5, 9, 4), (5, 9, 6)),
    ],
)
def test_value_is_the_papers(shapes):
    t, s = draws(*shapes)
    loss = NeuronSelectivity("a", "b")
    np.testing.assert_allclose(loss(t, s), exact(t, s), rtol=1e-4)
    order = np.array([3, 1, 4, 0, 2])
    np.testing.assert_allclose(loss(t[order], s[order]), np.array(loss(t, s))[order], rtol=1e-5)


def test_which_channel_fires_does_not_matter_and_no_digits_are_lost():
    t, noise = draws((3, 4, 4, 6), (3, 4, 4, 6))
    np.testing.assert_allclose(NeuronSelectivity("a", "b")(t, t[..., ::-1]), 0.0, atol=1e-12)
    s = (t + 1e-3 * noise).astype("float32")
    np.testing.assert_allclose(NeuronSelectivity("a", "b")(t, s), exact(t, s), rtol=1e-2)


def test_worked_by_hand():
    # Teacher: one channel at position 0. Student: two channels, one at each position.
    # Means of k: 1, (1 + 0 + 0 + 1)/4 and (1 + 0)/2, so 1 + 1/2 − 1 = 1/2.
    t, s = np.array([[[3.0], [0.0]]]), np.array([[[2.0, 0.0], [0.0, 5.0]]])
    assert float(selectivity_discrepancy(t, s)[0]) == pytest.approx(0.5)
    np.testing.assert_allclose(selectivities(s), [np.eye(2) / 2])
    far = selectivity_discrepancy(t, np.array([[[0.0], [-1.0]]]))
    assert float(far[0]) == pytest.approx(2.0)


def test_gradient_is_that_of_finite_differences(value_and_gradient):
    t, s = draws((2, 2, 2, 3), (2, 2, 2, 2))
    _, gradient = value_and_gradient(lambda each: NeuronSelectivity("a", "b")(t, each), s)
    wanted = np.zeros(s.shape)
    for at in np.ndindex(*s.shape):
        step = np.zeros(s.shape)
        step[at] = 1e-5
        wanted[at] = (exact(t, s + step) - exact(t, s - step)).sum() / 2e-5
    np.testing.assert_allclose(gradient, wanted, rtol=1e-3, atol=1e-5)


def test_padding_takes_no_part():
    t, s = draws((2, 5, 4), (2, 5, 3))
    mask = np.array([[True, True, True, False, False], [True] * 5])
    masked = np.array(NeuronSelectivity("a", "b")(t, s, mask=mask))
    np.testing.assert_allclose(masked[:1], exact(t[:1, :3], s[:1, :3]), rtol=1e-4)
    np.testing.assert_allclose(masked[1:], exact(t[1:], s[1:]), rtol=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((5, 2, 2, 3), (5, 2, 2, 3)))
    s[0], s[1], t[2], s[4], s[3, ..., 0] = 0.0, t[1], 0.0, 1e-4, 0.0
    values, gradient = value_and_gradient(lambda each: NeuronSelectivity("a", "b")(t, each), s)
    assert values.dtype == np.float32 and values[1] == 0.0
    assert np.isfinite(values).all() and np.isfinite(gradient).all()
    assert (gradient[0] == 0).all() and (gradient[3] != 0).any()


def test_it_conforms():
    check_distillation_loss(NeuronSelectivity("a", "b"), *draws((4, 6, 3), (4, 6, 3)))


def test_config_makes_the_round_trip():
    loss = NeuronSelectivity("a/b", "c", name="fires")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize(
    "teacher, student", [((2, 16), (2, 16)), ((2, 5, 4), (2, 4, 4)), ((2, 7, 7, 3), (2, 4, 4, 3))]
)
def test_features_that_do_not_fit(teacher, student):
    sentence = (
        "NeuronSelectivity compares maps (batch, height, width, channels) of sizes where one is a "
        "multiple of the other, or equally many tokens (batch, tokens, width). Received: teacher "
        f"layer 'a' of shape {teacher}, student layer 'b' of shape {student}. Name layers before "
        "pooling and flattening whose sizes fit."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        NeuronSelectivity("a", "b").check(np.zeros(teacher), np.zeros(student))
