"""ValueRelations against MiniLM's eq. 4 to 7 and MiniLMv2's in NumPy float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import ValueRelations
from keras_distill.losses.value_relations import relation_divergence

MASK = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]], bool)


def draws(size, seed, heads=4, tokens=5, batch=3):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(batch, tokens, heads, size)).astype("float32") for _ in range(3)]


def distribution(left, right, b, h, i, seen):
    scores = np.array([left[b, i, h].astype("float64") @ right[b, j, h] for j in seen])
    scores = np.exp((scores - scores.max()) / np.sqrt(left.shape[-1]))
    return scores / scores.sum()


def exact(teacher, student, mask=None, causal=False):
    """KL of every row, one loop per example, query and head."""
    batch, tokens, heads, _ = teacher[0].shape
    made = np.zeros((batch, tokens))
    for b, i in np.ndindex(batch, tokens):
        seen = [
            j
            for j in range(tokens)
            if (mask is None or (mask[b, i] and mask[b, j])) and (j <= i or not causal)
        ]
        for h in range(heads) if seen else ():
            p = distribution(*teacher, b, h, i, seen)
            q = distribution(*student, b, h, i, seen)
            made[b, i] += (p * np.log(p / q)).sum() / heads
    return made


def relations(outputs, order):
    return [(outputs[left], outputs[right]) for left, right in order]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "padded"])
def test_attention_and_value_relations_are_the_papers(mask, causal):
    teacher, student = draws(8, 0), draws(3, 1)
    t, s = (relations(each, [(0, 1), (2, 2)]) for each in (teacher, student))
    wanted = sum(exact(*pair, mask, causal) for pair in zip(t, s, strict=True))
    loss = ValueRelations("t/5", "s/2", causal=causal)
    values = loss(teacher, student, mask=mask)
    assert values.shape == (3, 5)
    np.testing.assert_allclose(values, wanted, rtol=1e-4, atol=1e-6)
    one = relation_divergence(t[0], s[0], mask, causal)
    np.testing.assert_allclose(one, exact(t[0], s[0], mask, causal), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "padded"])
def test_relation_heads_cut_queries_keys_and_values_anew(mask):
    # 4 heads of 6 and 2 heads of 9: 3 relation heads of 8 and of 6.
    teacher, student = draws(6, 0), draws(9, 1, heads=2)
    cut = [[each.reshape(3, 5, 3, -1) for each in outputs] for outputs in (teacher, student)]
    t, s = (relations(each, [(0, 0), (1, 1), (2, 2)]) for each in cut)
    wanted = sum(exact(*pair, mask) for pair in zip(t, s, strict=True))
    values = ValueRelations("t/5", "s/2", relation_heads=3)(teacher, student, mask=mask)
    np.testing.assert_allclose(values, wanted, rtol=1e-4, atol=1e-6)


def test_worked_by_hand():
    # Teacher rows attend to (1/2, 1/2); the student's scores are (0, log 3): (1/4, 3/4).
    zeros = np.zeros((1, 2, 1, 1))
    student = [np.ones((1, 2, 1, 1)), np.array([0.0, np.log(3.0)]).reshape(1, 2, 1, 1), zeros]
    values = ValueRelations("a", "b")([zeros] * 3, student)
    wanted = 0.5 * np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.75)
    np.testing.assert_allclose(values, [[wanted, wanted]], rtol=1e-5)


@pytest.mark.parametrize("relation_heads", [None, 2])
def test_what_stands_at_padding_changes_nothing(relation_heads, value_and_gradient):
    mask = np.array([[1, 1, 1, 0, 0]] * 3, bool)
    loss = ValueRelations("a", "b", relation_heads)
    teacher, student = draws(8, 0), draws(3, 1)
    shorter = loss(*([each[:, :3] for each in both] for both in (teacher, student)))
    for both in (teacher, student):
        for each in both:
            each[:, 3:] = 1e4
    values, gradient = value_and_gradient(
        lambda each: loss(teacher, [student[0], student[1], each], mask=mask), student[2]
    )
    np.testing.assert_allclose(values[:, :3], shorter, rtol=1e-5)
    assert (values[:, 3:] == 0).all() and (gradient[:, 3:] == 0).all()
    assert np.isfinite(gradient).all() and (gradient[:, :3] != 0).any()


def test_config_makes_the_round_trip():
    loss = ValueRelations("t/5/attention", "s/2/attention", 12, causal=True)
    assert loss.teacher_layer_name == [
        "t/5/attention/query",
        "t/5/attention/key",
        "t/5/attention/value",
    ]
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
    assert again.student_layer_name == loss.student_layer_name and again.relation_heads == 12


@pytest.mark.parametrize("heads", [0, 2.0, True])
def test_relation_heads_that_are_none(heads):
    sentence = f"`relation_heads` must be an integer from 1, or None. Received: {heads!r}."
    sentence = sentence.replace("Received: ", "Received: relation_heads=")
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ValueRelations("a", "b", relation_heads=heads)


def test_refusals():
    sentence = "`causal` must be True or False. Received: causal=0."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        ValueRelations("a", "b", causal=0)
    sentence = (
        "ValueRelations compares one attention layer with one. Received: teacher_layer_name=['a'], "
        "student_layer_name='b'. Name one layer of each model, usually the last."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ValueRelations(["a"], "b")
    sentence = (
        "ValueRelations compares head by head. Received: teacher layer 'a' with projections of "
        "shape (3, 5, 4, 6), student layer 'b' of shape (3, 5, 2, 9). Build the student with 4 "
        "heads, or pass relation_heads=..., which both widths can be divided by."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ValueRelations("a", "b").check(draws(6, 0), draws(9, 1, heads=2))
    sentence = (
        "ValueRelations cuts widths into equal relation heads. Received: layer 'b' of width 18 for "
        "relation_heads=4. Choose a number that divides both models' widths."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ValueRelations("a", "b", relation_heads=4).check(draws(6, 0), draws(9, 1, heads=2))
