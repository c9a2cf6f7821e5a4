"""An app that feeds the golden inputs gets the golden outputs."""

import json

import numpy as np
import pytest

from keras_distill.export.proof.golden import golden


def page_of(artefact):
    return json.loads(artefact.path.with_name(f"{artefact.path.name}.golden.json").read_text())


@pytest.mark.parametrize("which", ["int8_artefact", "float_artefact"])
def test_interpreter_gives_what_is_written(which, request):
    from ai_edge_litert.interpreter import Interpreter

    artefact = request.getfixturevalue(which)
    page = page_of(artefact)
    assert page["format"] == 2
    (given,), (wanted,) = page["inputs"], page["outputs"]
    assert len(given["values"]) == len(wanted["values"]) == 8
    # As an app does it: one at a time, no more than the file and the page.
    interpreter = Interpreter(model_path=str(artefact.path))
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    for values, outputs in zip(given["values"], wanted["values"], strict=True):
        image = np.array(values, given["dtype"]).reshape(1, *given["shape"])
        interpreter.set_tensor(source["index"], image)
        interpreter.invoke()
        received = interpreter.get_tensor(target["index"])[0].astype("float64")
        np.testing.assert_allclose(received, outputs, rtol=0, atol=wanted["tolerance"])
    assert np.ptp(wanted["values"]) > 2 * wanted["tolerance"]


def test_names_are_the_signatures(int8_artefact):
    page = page_of(int8_artefact)
    assert [part["name"] for part in page["inputs"]] == ["input"]
    assert [part["name"] for part in page["outputs"]] == ["output"]


def test_first_inputs_are_the_samples(int8_artefact, pictures):
    expected = np.floor(pictures[:8].reshape(8, -1).astype("float64") * 255 + 0.5) - 128
    np.testing.assert_array_equal(page_of(int8_artefact)["inputs"][0]["values"], expected)


def test_several_inputs_and_outputs_keep_their_names_shapes_and_dtypes():
    rng = np.random.default_rng(0)
    inputs = {
        "image": rng.integers(0, 256, (9, 2, 3, 1)).astype("uint8"),
        "ids": rng.integers(0, 1000, (9, 4)).astype("int32"),
    }
    outputs = {
        "age": rng.normal(size=(9, 1)).astype("float32"),
        "kind": rng.integers(-128, 128, (9, 5)).astype("int8"),
    }
    page = json.loads(
        json.dumps(golden(inputs, outputs, "int8", texts=[f"t{i}" for i in range(9)]))
    )
    assert page["texts"] == [f"t{i}" for i in range(8)]
    for parts, arrays in ((page["inputs"], inputs), (page["outputs"], outputs)):
        assert [part["name"] for part in parts] == list(arrays)
        for part in parts:
            array = arrays[part["name"]][:8]
            assert part["dtype"] == array.dtype.name
            read = np.array(part["values"], part["dtype"]).reshape(8, *part["shape"])
            np.testing.assert_array_equal(read, array)  # bit for bit, through JSON


@pytest.mark.parametrize(
    ("dtype", "recipe", "tolerance"),
    [
        ("int8", "int8", 2),
        ("uint8", "int8", 2),
        ("int16", "int16x8", 16),
        ("int32", "int8", 0),
        ("int64", "float32", 0),
        ("float32", "float32", 3e-4),
        ("float32", "float16", 3e-2),
        ("float32", "dynamic_range", 3e-2),
        ("float32", "int8", 3e-2),
        ("float32", "int16x8", 3e-3),
    ],
)
def test_tolerance_by_dtype_and_recipe(dtype, recipe, tolerance):
    values = np.array([[0, 1, 3]], dtype)
    part = golden({"x": values}, {"y": values}, recipe)["outputs"][0]
    assert part["tolerance"] == pytest.approx(tolerance, rel=1e-6)


def test_large_outputs_that_are_all_alike_leave_room_for_the_last_digit():
    values = np.full((2, 1), 5000, "float32")
    assert golden({}, {"y": values}, "float32")["outputs"][0]["tolerance"] == pytest.approx(5e-3)


def test_texts_are_left_out_where_there_are_none():
    assert "texts" not in golden({}, {}, "float32")
