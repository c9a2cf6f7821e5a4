"""AttentionMaps against TinyBERT's eq. 7 in NumPy float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import AttentionMaps
from keras_distill.losses.attention_maps import attention_score_distance

MAP = {"t/2": "s/1", "t/4": "s/2"}


def draws(size, seed, count=2, heads=4, tokens=5, batch=3):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(batch, tokens, heads, size)).astype("float32") for _ in range(count)]


def exact(teacher, student, mask=None, causal=False):
    """One loop per example, head and query; what counts is added up by hand."""
    batch, tokens, heads, _ = teacher[0].shape
    made = np.zeros((batch, tokens))
    for b, i in np.ndindex(batch, tokens):
        seen = [
            j
            for j in range(tokens)
            if (mask is None or (mask[b, i] and mask[b, j])) and (j <= i or not causal)
        ]
        for h in range(heads):
            for j in seen:
                t, s = (
                    float(q[b, i, h].astype("float64") @ k[b, j, h]) / np.sqrt(q.shape[-1])
                    for q, k in (teacher, student)
                )
                made[b, i] += (t - s) ** 2 / len(seen) / heads
    return made


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_mean_over_heads_and_the_tokens_that_are_seen(masked, causal):
    mask = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]], bool) if masked else None
    teacher, student = draws(8, 0), draws(3, 1)
    wanted = exact(teacher, student, mask, causal)
    made = attention_score_distance(teacher, student, mask, causal)
    np.testing.assert_allclose(made, wanted, rtol=1e-4, atol=1e-6)
    both = AttentionMaps(MAP, causal)(teacher + teacher, student + student, mask=mask)
    assert both.shape == (3, 5)
    np.testing.assert_allclose(both, 2 * wanted, rtol=1e-4, atol=1e-6)


def test_worked_by_hand():
    # One head of size 4: scores 4 / 2 = 2 against 1 / 1 = 1, everywhere.
    teacher, student = [np.ones((1, 2, 1, 4))] * 2, [np.ones((1, 2, 1, 1))] * 2
    np.testing.assert_allclose(AttentionMaps({"a": "b"})(teacher, student), [[1.0, 1.0]])


def test_what_stands_at_padding_changes_nothing(value_and_gradient):
    mask = np.array([[1, 1, 1, 0, 0]] * 3, bool)
    loss = AttentionMaps({"a": "b"})
    teacher, student = draws(8, 0), draws(3, 1)
    shorter = loss(*([each[:, :3] for each in both] for both in (teacher, student)))
    for both in (teacher, student):
        for each in both:
            each[:, 3:] = 1e6
    values, gradient = value_and_gradient(
        lambda each: loss(teacher, [each, student[1]], mask=mask), student[0]
    )
    np.testing.assert_allclose(values[:, :3], shorter, rtol=1e-6)
    assert (values[:, 3:] == 0).all() and (gradient[:, 3:] == 0).all()
    assert np.isfinite(gradient).all() and (gradient[:, :3] != 0).all()


def test_paths_are_those_of_the_projections():
    loss = AttentionMaps([("t/1", "s/0"), ("t/1", "s/1")])
    assert loss.teacher_layer_name == ["t/1/query", "t/1/key"] * 2
    assert loss.student_layer_name == ["s/0/query", "s/0/key", "s/1/query", "s/1/key"]


def test_config_makes_the_round_trip():
    loss = AttentionMaps(MAP, causal=True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
    assert again.layer_map == list(MAP.items()) and again.causal is True


def test_refusals():
    sentence = "`causal` must be True or False. Received: causal=1."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        AttentionMaps(MAP, causal=1)
    sentence = (
        "AttentionMaps takes a layer map {teacher path: student path}, or a list of such pairs. "
        "Received: layer_map=[]. Name at least one pair, e.g. "
        "{'backbone/transformer_layer_3': 'backbone/transformer_layer_1'}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        AttentionMaps([])
    sentence = (
        "AttentionMaps compares head by head. Received: teacher layer 't/4' with projections of "
        "shape (3, 5, 4, 8), student layer 's/2' of shape (3, 5, 2, 8). Build the student with 4 "
        "heads, or compare kd.losses.ValueRelations with relation_heads=... instead."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        AttentionMaps(MAP).check(draws(8, 0, 4), draws(8, 0, 2) + draws(8, 0, 2, heads=2))
