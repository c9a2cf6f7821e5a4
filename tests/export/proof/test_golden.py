"""An app that feeds the golden inputs gets the golden outputs."""

import json

import numpy as np
import pytest


@pytest.mark.parametrize("which", ["int8_artefact", "float_artefact"])
def test_interpreter_gives_what_is_written(which, request):
    from ai_edge_litert.interpreter import Interpreter

    path = request.getfixturevalue(which).path
    page = json.loads(path.with_name(f"{path.name}.golden.json").read_text())
    (given,), (wanted,) = page["inputs"], page["outputs"]
    assert len(given["values"]) == len(wanted["values"]) == 8
    # As an app does it: one at a time, no more than the file and the page.
    interpreter = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    for values, outputs in zip(given["values"], wanted["values"], strict=True):
        image = np.array(values, given["dtype"]).reshape(1, *given["shape"])
        interpreter.set_tensor(source["index"], image)
        interpreter.invoke()
        received = interpreter.get_tensor(target["index"])[0].astype("float64")
        np.testing.assert_allclose(received, outputs, rtol=0, atol=wanted["tolerance"])
    assert np.ptp(wanted["values"]) > 2 * wanted["tolerance"]


def test_tolerance_of_int8_is_two_steps(int8_artefact):
    path = int8_artefact.path
    assert (
        json.loads(path.with_name(f"{path.name}.golden.json").read_text())["outputs"][0][
            "tolerance"
        ]
        == 2
    )


def test_first_inputs_are_the_samples(int8_artefact, pictures):
    path = int8_artefact.path
    page = json.loads(path.with_name(f"{path.name}.golden.json").read_text())
    expected = np.floor(pictures[:8].reshape(8, -1).astype("float64") * 255 + 0.5) - 128
    np.testing.assert_array_equal(page["inputs"][0]["values"], expected)
