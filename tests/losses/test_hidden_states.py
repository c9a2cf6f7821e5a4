"""HiddenStates against TinyBERT's eq. 8 and Patient KD's eq. 7 in NumPy float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import HiddenStates
from keras_distill.losses.hidden_states import hidden_state_distance

MAP = {"t/2": "s/1", "t/4": "s/2"}


def draws(widths, seed=0, batch=3, tokens=5):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(batch, tokens, width)).astype("float32") for width in widths]


def exact(teacher, student, normalize):
    t, s = teacher.astype("float64"), student.astype("float64")
    if not normalize:
        return ((s - t) ** 2).mean(-1)
    t, s = (each / np.linalg.norm(each, axis=-1, keepdims=True) for each in (t, s))
    return ((s - t) ** 2).sum(-1)


@pytest.mark.parametrize("normalize", [False, True])
def test_pairs_are_added_up_token_by_token(normalize):
    teacher, student = draws([6, 6]), draws([6, 6], 1)
    wanted = sum(exact(t, s, normalize) for t, s in zip(teacher, student, strict=True))
    every = HiddenStates(MAP, projection=False, normalize=normalize)(teacher, student)
    assert every.shape == (3, 5)
    np.testing.assert_allclose(every, wanted, rtol=1e-5)
    first = HiddenStates(MAP, projection=False, normalize=normalize, tokens="first")
    np.testing.assert_allclose(first(teacher, student), wanted[:, 0], rtol=1e-5)
    distance = hidden_state_distance(teacher[0], student[0], normalize)
    np.testing.assert_allclose(distance, exact(teacher[0], student[0], normalize), rtol=1e-5)


def test_worked_by_hand():
    # (3, 4) and (4, 3): squares (1 + 1) / 2; at length 1 (0.2² + 0.2²) = 0.08.
    teacher, student = [np.array([[[3.0, 4.0]]])], [np.array([[[4.0, 3.0]]])]
    plain = HiddenStates({"a": "b"}, projection=False)(teacher, student)
    assert float(plain[0, 0]) == pytest.approx(1.0)
    patient = HiddenStates({"a": "b"}, projection=False, normalize=True, tokens="first")
    assert float(patient(teacher, student)[0]) == pytest.approx(0.08, rel=1e-5)


def test_projections_are_shared_by_pairs_of_equal_widths():
    loss = HiddenStates([("e", "e"), *MAP.items()], seed=1)
    teacher, student = draws([4, 8, 8]), draws([3, 3, 3], 1)
    values = loss(teacher, student)
    assert sorted(loss._dense) == ["3_to_4", "3_to_8"] and len(loss.trainable_variables) == 4
    wanted = 0.0
    for t, s in zip(teacher, student, strict=True):
        dense = loss._dense[f"3_to_{t.shape[-1]}"]
        wanted = wanted + exact(t, s @ np.array(dense.kernel) + np.array(dense.bias), False)
    np.testing.assert_allclose(values, wanted, rtol=1e-4)
    again = HiddenStates([("e", "e"), *MAP.items()], seed=1)
    np.testing.assert_array_equal(again(teacher, student), values)


def test_one_layer_may_stand_in_several_pairs():
    teacher, student = draws([6, 6]), draws([6], 1) * 2
    loss = HiddenStates([("a", "c"), ("b", "c")], projection=False)
    assert loss.teacher_layer_name == ["a", "b"] and loss.student_layer_name == ["c", "c"]
    wanted = sum(exact(t, s, False) for t, s in zip(teacher, student, strict=True))
    np.testing.assert_allclose(loss(teacher, student), wanted, rtol=1e-5)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("scale", [0.0, 1e4])
def test_extreme_states_have_finite_gradients(scale, normalize, value_and_gradient):
    loss = HiddenStates({"a": "b"}, normalize=normalize, seed=0)
    (teacher,), (student,) = draws([6]), draws([4], 1)
    loss([teacher], [student])
    values, gradient = value_and_gradient(
        lambda each: loss([scale * teacher], [each]), scale * student
    )
    assert values.dtype == np.float32
    assert np.isfinite(values).all() and np.isfinite(gradient).all()


def test_config_makes_the_round_trip():
    loss = HiddenStates(MAP, False, True, "first", seed=4, name="patient")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
    assert again.layer_map == list(MAP.items()) and again.name == "patient"


@pytest.mark.parametrize(
    "arguments, error, sentence",
    [
        ({"projection": "yes"}, TypeError, "`projection` must be True or False. Received: {}"),
        ({"normalize": 1}, TypeError, "`normalize` must be True or False. Received: {}"),
        ({"tokens": 3}, ValueError, '`tokens` must be "all" or "first". Received: {}'),
    ],
)
def test_arguments_that_are_wrong(arguments, error, sentence):
    ((name, value),) = arguments.items()
    sentence = sentence.format(f"{name}={value!r}.")
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        HiddenStates(MAP, **arguments)


def test_an_empty_map():
    sentence = (
        "HiddenStates takes a layer map {teacher path: student path}, or a list of such pairs. "
        "Received: layer_map={}. Name at least one pair, e.g. "
        "{'backbone/transformer_layer_3': 'backbone/transformer_layer_1'}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        HiddenStates({})


def test_states_that_do_not_fit():
    loss = HiddenStates({"a": "b"}, projection=False)
    sentence = (
        "HiddenStates compares layers that put out (batch, tokens, width). Received: student layer "
        "'b' with outputs of shape (2, 6). Name a layer that puts out one vector for each token."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.check([np.zeros((2, 5, 6))], [np.zeros((2, 6))])
    sentence = sentence.replace("student layer 'b'", "teacher layer 'a'")
    sentence = sentence.replace("shape (2, 6)", "several")
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.check([{"sequence": np.zeros((2, 5, 6))}], [np.zeros((2, 5, 6))])
    sentence = (
        "HiddenStates compares token by token. Received: teacher layer 'a' of shape (2, 5, 6), "
        "student layer 'b' of shape (2, 4, 6). Give both models the same tokens, or compare the "
        'first ones alone with tokens="first".'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.check([np.zeros((2, 5, 6))], [np.zeros((2, 4, 6))])
    HiddenStates({"a": "b"}, tokens="first").check([np.zeros((2, 5, 6))], [np.zeros((2, 4, 6))])
    sentence = (
        "HiddenStates without projection compares states of equal width. Received: teacher layer "
        "'a' of shape (2, 5, 6), student layer 'b' of shape (2, 5, 4). Pass projection=True to "
        "learn a 4 → 6 mapping during distillation."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.check([np.zeros((2, 5, 6))], [np.zeros((2, 5, 4))])
