import re

import pytest

from keras_distill.pipeline.named_paths import named_paths


def test_plain_paths_stay_a_list():
    assert named_paths(["a.keras", "b/c.tflite"]) == ["a.keras", "b/c.tflite"]


def test_one_name_makes_a_dict_in_the_order_given():
    found = named_paths(["b/c.tflite", "first=a.keras"])
    assert list(found.items()) == [("c", "b/c.tflite"), ("first", "a.keras")]


def test_a_path_may_hold_an_equals_sign(tmp_path):
    path = tmp_path / "lr=0.1.tflite"
    path.touch()
    assert named_paths([str(path)]) == [str(path)]


def test_one_name_twice():
    sentence = (
        "Two models are called 'a', and a report needs one name for each. Name them as NAME=PATH."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        named_paths(["a=x.tflite", "b/a.tflite"])
