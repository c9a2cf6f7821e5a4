"""SequenceSoftTargets: the sum over real tokens, equal to the divergence of sequences."""

import itertools
import re

import keras
import numpy as np
import pytest

from keras_distill.losses import SequenceSoftTargets, SoftTargets


def draws(seed, batch=3, tokens=5, classes=4):
    return np.random.default_rng(seed).normal(size=(batch, tokens, classes)).astype("float32")


@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_sum_of_soft_targets_over_real_tokens(temperature):
    teacher, student = draws(0), draws(1)
    mask = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]], bool)
    tokens = np.array(SoftTargets(temperature)(teacher, student))
    loss = SequenceSoftTargets(temperature)
    np.testing.assert_allclose(loss(teacher, student), tokens.sum(-1), rtol=1e-5)
    made = loss(teacher, student, mask=mask)
    assert made.shape == (3,)
    np.testing.assert_allclose(made, (tokens * mask).sum(-1), rtol=1e-5)
    weight = np.linspace(0.0, 2.0, 15).reshape(3, 5).astype("float32")
    weighed = loss(teacher, student, mask=mask, token_weight=weight)
    np.testing.assert_allclose(weighed, (tokens * mask * weight).sum(-1), rtol=1e-5)


def test_it_is_the_divergence_of_two_distributions_over_sequences():
    # Independent tokens: every one of 3³ sequences is enumerated.
    def probabilities(logits):
        raised = np.exp(logits.astype("float64"))
        return raised / raised.sum(-1, keepdims=True)

    teacher, student = draws(0, 1, 3, 3), draws(1, 1, 3, 3)
    p, q = probabilities(teacher[0]), probabilities(student[0])
    wanted = 0.0
    for sequence in itertools.product(range(3), repeat=3):
        of_p, of_q = (
            np.prod([each[i, token] for i, token in enumerate(sequence)]) for each in (p, q)
        )
        wanted += of_p * np.log(of_p / of_q)
    assert float(SequenceSoftTargets()(teacher, student)[0]) == pytest.approx(wanted, rel=1e-5)


def test_worked_by_hand():
    # (1/2, 1/2) against (1/4, 3/4), at two of three tokens.
    teacher = np.zeros((1, 3, 2))
    student = np.log(np.array([[[1.0, 3.0]] * 3]))
    wanted = 0.5 * np.log(2.0) + 0.5 * np.log(2.0 / 3.0)
    made = SequenceSoftTargets()(teacher, student, mask=np.array([[1, 1, 0]]))
    assert float(made[0]) == pytest.approx(2 * wanted, rel=1e-5)


def test_padding_has_no_gradient(value_and_gradient):
    teacher, student = draws(0), draws(1)
    mask = np.array([[1, 1, 1, 0, 0]] * 3, bool)
    student[:, 3:], teacher[:, 3:] = 1e6, -1e6
    values, gradient = value_and_gradient(
        lambda each: SequenceSoftTargets()(teacher, each, mask=mask), student
    )
    shorter = SequenceSoftTargets()(teacher[:, :3], student[:, :3])
    np.testing.assert_allclose(values, shorter, rtol=1e-6)
    assert (gradient[:, 3:] == 0).all() and (gradient[:, :3] != 0).all()


def test_probabilities_are_served():
    teacher, student = (np.array(keras.ops.softmax(draws(i))) for i in (0, 1))
    made = SequenceSoftTargets(from_logits=False)(teacher, student)
    np.testing.assert_allclose(made, SequenceSoftTargets()(draws(0), draws(1)), rtol=1e-4)


def test_config_makes_the_round_trip():
    loss = SequenceSoftTargets(2.0, from_logits=True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and again.temperature == 2.0


def test_refusals():
    sentence = "`temperature` must be a number above 0 or a function of the step. "
    sentence += "Received: temperature=0."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SequenceSoftTargets(0)
    sentence = (
        "SequenceSoftTargets compares class scores of every token, (batch, tokens, classes). "
        "Received: student outputs of 2 dimensions. Use kd.losses.SoftTargets for one answer per "
        "example."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SequenceSoftTargets().check(np.zeros((2, 3)), np.zeros((2, 3)))
    sentence = (
        "SequenceSoftTargets compares teacher and student position by position. Received: a "
        "teacher output of shape (2, 4, 3) and a student output of shape (2, 5, 3). Give both "
        "models the same tokens."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        SequenceSoftTargets().check(np.zeros((2, 4, 3)), np.zeros((2, 5, 3)))
