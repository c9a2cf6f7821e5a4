import re

import keras
import numpy as np
import pytest

from keras_distill.robustness.measuring.named_models import named_models


def tiny(name):
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)], name=name)


def test_a_dict_keeps_names_and_order():
    loaded = named_models({"b": np.sin, "a": np.cos})
    assert [(name, predictor.name) for name, predictor in loaded.items()] == [
        ("b", "b"), ("a", "a"),
    ]  # fmt: skip


def test_a_list_is_named_by_itself(tmp_path):
    tiny("x").save(tmp_path / "student.keras")
    tiny("y").export(tmp_path / "student", verbose=False)
    loaded = named_models([tiny("teacher"), tmp_path / "student", tmp_path / "student.keras"])
    assert list(loaded) == ["teacher", "student", "student.keras"]
    assert loaded["student.keras"].name == "student.keras"


def test_two_files_of_one_name_are_not_told_apart_by_their_folders(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        tiny("x").save(tmp_path / folder / "student.keras")
    sentence = (
        "Two models are called 'student', and a report needs one name for each. Give a dict of "
        "name → model."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        named_models([str(tmp_path / folder / "student.keras") for folder in ("one", "two")])


@pytest.mark.parametrize(
    "models, sentence",
    [
        ({}, "There is no model to measure. Expected a dict of name → model."),
        ([], "There is no model to measure. Expected a dict of name → model."),
        (
            np.sin,
            "Expected a dict of name → model, or a list of models. Received: ufunc.",
        ),
        (
            [np.sin, np.sin],
            "Two models are called 'sin', and a report needs one name for each. Give a dict of "
            "name → model.",
        ),
    ],
)
def test_wrong_models(models, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        named_models(models)
