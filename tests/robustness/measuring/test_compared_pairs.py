import re

import pytest

from keras_distill.robustness.measuring.compared_pairs import compared_pairs


def test_everything_against_the_baseline_then_control_then_parents():
    models = ["teacher", "control", "distilled", "int8"]
    parents = {"int8": "distilled", "distilled": None}
    assert compared_pairs(models, "teacher", None, parents) == [
        ("control", "teacher"),
        ("distilled", "teacher"),
        ("int8", "teacher"),
        ("distilled", "control"),
        ("int8", "distilled"),
    ]


def test_no_pair_comes_twice_and_pairs_asked_for_replace_the_usual_ones():
    assert compared_pairs(["a", "b"], "a", None, {"b": "a"}) == [("b", "a")]
    models = ["teacher", "control", "distilled"]
    found = compared_pairs(models, "teacher", [("control", "distilled")], {})
    assert found[2:] == [("control", "distilled")]


@pytest.mark.parametrize("pair", [("a", "c"), ("a", "a"), ("a",)])
def test_wrong_pairs(pair):
    sentence = (
        f"`compare` must hold pairs of two different models out of: a, b. Received: {pair!r}."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        compared_pairs(["a", "b"], "a", [pair], {})
