"""MultiLevelLogits against the three levels of Jin et al., in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import MultiLevelLogits
from keras_distill.losses.multi_level_logits import multi_level_divergence


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def levels(teacher, student, temperature):
    p, q = (softmax(z.astype("float64") / temperature) for z in (teacher, student))
    number, classes = p.shape
    instance = temperature**2 * (p * np.log(p / q)).sum() / number
    batch = np.linalg.norm(q @ q.T - p @ p.T) ** 2 / number
    return instance, batch, np.linalg.norm(q.T @ q - p.T @ p) ** 2 / classes


def draws(number=12):
    rng = np.random.default_rng(0)
    return tuple(rng.normal(0, 3, (number, 10)).astype("float32") for _ in "ts")


def test_the_mean_is_the_papers_loss():
    t, s = draws()
    for temperature in (2.0, 5.0):
        seen = float(np.mean(multi_level_divergence(t, s, temperature)))
        assert seen == pytest.approx(sum(levels(t, s, temperature)), rel=1e-4)
    wanted = sum(sum(levels(t, s, each)) for each in (2, 3, 4, 5, 6))
    assert float(np.mean(MultiLevelLogits()(t, s))) == pytest.approx(wanted, rel=1e-4)


def test_worked_by_hand():
    # One example, p = (3/4, 1/4), q = (1/4, 3/4): KL = ln 3 / 2; Gram numbers are equal
    # (10/16), and the class matrices differ by 1/2 on the diagonal alone.
    t, s = np.log(np.array([[3.0, 1.0]])), np.log(np.array([[1.0, 3.0]]))
    value = MultiLevelLogits([1.0])(t, s)
    assert float(value[0]) == pytest.approx(0.5 * np.log(3) + 0.5 / 2, rel=1e-5)


def test_a_permuted_batch_has_permuted_values():
    t, s = draws()
    order = np.random.default_rng(1).permutation(12)
    values = np.asarray(MultiLevelLogits()(t, s))
    np.testing.assert_allclose(MultiLevelLogits()(t[order], s[order]), values[order], 1e-4)


def test_extreme_outputs_have_finite_gradients(value_and_gradient):
    t = np.array([[1000.0, 0, -1000], [1, 2, -np.inf], [0, 0, 0]], "float32")
    s = np.array([[-1000.0, 0, 1000], [2, 1, -np.inf], [0, 0, 0]], "float32")
    values, gradient = value_and_gradient(lambda each: MultiLevelLogits()(t, each), s)
    assert np.isfinite(values).all() and np.isfinite(gradient).all() and gradient[0, 2] > 1


def test_config_makes_the_round_trip():
    loss = MultiLevelLogits((1, 4), from_logits=True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize("bad", [(), (1, 0), 3.0, ("2",)])
def test_temperatures_that_are_none(bad):
    sentence = f"`temperatures` must be a list of numbers above 0. Received: temperatures={bad!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        MultiLevelLogits(bad)


def test_sequences_are_refused():
    sentence = (
        "MultiLevelLogits compares outputs of shape (batch, classes). Received: a student output "
        "of rank 3. Use SoftTargets for sequences and maps."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        MultiLevelLogits().check(np.zeros((2, 3, 4)), np.zeros((2, 3, 4)))
