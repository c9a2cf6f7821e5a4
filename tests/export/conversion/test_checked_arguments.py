"""Arguments that contradict each other; those of `test_to_tflite` are not here again."""

import re

import pytest

from keras_distill.export.conversion.checked_arguments import (
    checked_batch,
    checked_input,
    checked_ranges,
)


@pytest.mark.parametrize(
    "recipe, given, made",
    [
        ("float32", None, "float32"),
        ("float16", "uint8", "uint8"),
        ("int8", None, "int8"),
        ("int8", "float32", "float32"),
        ("int16x8", None, "float32"),
    ],
)
def test_input(recipe, given, made):
    assert checked_input(recipe, given, None) == made
    assert checked_input(recipe, "uint8", "include") == "uint8"
    assert checked_input(recipe, None, "include") == "uint8"


def refused(message, function, *arguments):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        function(*arguments)


def test_inputs_refused():
    refused(
        "Received input='int8' for a file of the recipe 'float32'. Expected one of: float32, "
        "uint8.",
        checked_input, "float32", "int8", None,
    )  # fmt: skip
    refused(
        "Received input='int8' with `preprocess`, but a file that preprocesses takes raw pixels. "
        'Give input="uint8", or leave it out.',
        checked_input, "int8", "int8", "include",
    )  # fmt: skip


def test_ranges(plain):
    assert checked_ranges(plain, "float32", None, ()) is None
    assert checked_ranges(plain, "int8", [1], ["head"]) == "calibration"
    assert checked_ranges(plain, "int8", None, ()) == "training"
    assert checked_ranges(plain, "int16x8", [1], ()) == "calibration"
    refused(
        "An int16x8 file needs ranges, and the model 'small' has none. Give a few hundred "
        "training images as `calibration_data`.",
        checked_ranges, plain, "int16x8", None, (),
    )  # fmt: skip
    refused(
        "Received `keep_float` for a file of the recipe 'float16'. It is for int8 after "
        "calibration: leave it out.",
        checked_ranges, plain, "float16", None, ["head"],
    )  # fmt: skip
    refused(
        "Received `keep_float` for a model with ranges from training, which already say what is "
        "int8. Leave those layers out when you quantize the model (quantize_model), or give a "
        "float model and `calibration_data`.",
        checked_ranges, plain, "int8", None, ["head"],
    )  # fmt: skip


def test_batch(plain):
    assert checked_batch(plain, 1, None) == checked_batch(plain, 1, 1) == 1
    assert checked_batch(plain, "dynamic", None) is None
    for batch in (4, None, "any"):
        refused(
            f"Received batch={batch!r}. Expected 1 or 'dynamic'.", checked_batch, plain, batch, None
        )
    refused(
        "Received batch='dynamic', but the model 'small' takes just 2 examples at once. Build it "
        "on a keras.Input without a batch size, and give it these weights.",
        checked_batch, plain, "dynamic", 2,
    )  # fmt: skip
