"""What is told of a file is what is in it."""

import json
import re

import numpy as np
import pytest

from keras_distill.export import describe


def test_int8_file(int8_artefact):
    told = describe(int8_artefact)
    assert told["kind"] == "tflite"
    assert told["manifest"] == int8_artefact.manifest
    assert told["float_tensors"] == 0
    assert set(told["dtypes"]) == {"int8", "int32"}
    assert told["operators"]["CONV_2D"] == 1
    assert told["inputs"][0]["dtype"] == "int8"
    assert told["bytes"] == int8_artefact.path.stat().st_size


def test_zeros_of_the_pruned_kernels_are_still_in_the_buffers(int8_artefact, quantized):
    told = describe(int8_artefact)["zeros"]
    kernels = [v.numpy() for v in quantized.trainable_variables if v.name == "kernel"]
    expected = sorted(float(np.mean(np.abs(k) < 0.005)) for k in kernels)
    assert sorted(told.values()) == pytest.approx(expected)
    assert min(told.values()) > 0.7


def test_saved_model(saved_model_artefact):
    told = describe(saved_model_artefact)
    assert told["kind"] == "saved_model"
    assert told["manifest"] == saved_model_artefact.manifest


def test_nothing_there(tmp_path):
    message = f"There is no artefact at '{tmp_path / 'x'}': check the path."
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        describe(tmp_path / "x")


def test_folder_that_is_no_saved_model(tmp_path):
    message = (
        f"The folder '{tmp_path}' is no SavedModel: it holds no saved_model.pb. Give a .tflite "
        "file or a SavedModel folder."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        describe(tmp_path)


def test_what_an_app_and_a_board_need_to_know(float_artefact, tmp_path):
    from keras_distill.export.contents.metadata import embed

    path = tmp_path / "small.tflite"
    content = float_artefact.path.read_bytes()
    ends = {"inputs": [{"name": "input", "std": 255, "mean": 0}], "outputs": [{"name": "output"}]}
    path.write_bytes(embed(content, name="small", licence="MIT", labels=list("abcd"), **ends))
    told = describe(path)
    assert (told["metadata"]["licence"], told["metadata"]["labels"]) == ("MIT", list("abcd"))
    assert told["inputs"][0]["signature_name"] == "input"
    assert told["xnnpack"]["fraction"] == 1.0
    assert told["microcontroller"]["runs"]
    assert told["manifest"] is None
    json.dumps(told)
