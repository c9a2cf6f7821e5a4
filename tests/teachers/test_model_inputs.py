"""What a model is fed."""

import re

import pytest

from keras_distill.teachers.model_inputs import fed


def test_all_four_ways():
    x = {"a": 1, "b": 2}
    assert fed(x, None, "teacher") is x
    assert fed(x, "a", "teacher") == 1
    assert fed(x, ["b"], "teacher") == {"b": 2}
    assert fed(x, lambda x: x["a"] + x["b"], "teacher") == 3


def test_a_key_that_does_not_exist():
    sentence = (
        "`teacher_inputs` names entries of a dict x. Received: teacher_inputs='c' for a dict with "
        "['a']. Name keys that exist, or pass a function of x."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        fed({"a": 1}, "c", "teacher")


def test_a_function_is_given_what_else_it_names():
    def both(x, labels, training):
        return x, labels, training

    context = {"labels": "y", "teacher_outputs": "t", "training": True}
    assert fed("x", both, "student", **context) == ("x", "y", True)
    assert fed("x", lambda x: x, "student", **context) == "x"
