"""Every file that cannot be measured, by its whole sentence."""

import re

import numpy as np
import pytest

from keras_distill.footprint.litert_process import litert_process


def refused(error, sentence, path, inputs=None, start=False):
    end = "" if start else "$"
    with pytest.raises(error, match=f"^{re.escape(sentence)}{end}"):
        litert_process("load", [path], inputs, threads=1, seed=0)


def test_missing(tmp_path):
    path = tmp_path / "x.tflite"
    refused(FileNotFoundError, f"There is no .tflite file at '{path}': check the path.", path)


def test_another_kind_of_file(tmp_path):
    path = tmp_path / "model.keras"
    path.touch()
    sentence = (
        f"Latency is measured of .tflite files. Received: '{path}'. Export it first: "
        "keras-distill export MODEL.keras --output FILE.tflite."
    )
    refused(ValueError, sentence, path)


@pytest.mark.parametrize("damage", ["half", "text"])
def test_damaged(files, tmp_path, damage):
    content = files["dense"].read_bytes()
    path = tmp_path / "damaged.tflite"
    path.write_bytes({"half": content[: len(content) // 2], "text": b"x" * 500}[damage])
    sentence = (
        f"Could not read '{path}' as a .tflite model; the file is damaged or of another kind: "
        "The model is not a valid Flatbuffer buffer Copy or export it again."
    )
    refused(ValueError, sentence, path)


def test_flex(files):
    path = files["flex"]
    sentence = (
        f"'{path}' needs TensorFlow operators (Flex) that the stock LiteRT interpreter does not "
        "have: "
    )
    refused(ValueError, sentence, path, start=True)


def test_inputs_that_do_not_fit(files):
    path = files["dense"]
    sentence = (
        f"The inputs that were given do not fit '{path}': it takes an array (n, 8, 8, 1), n "
        "examples of it."
    )
    refused(ValueError, sentence, path, inputs=np.zeros((0, 8, 8, 1)))


def test_inputs_that_it_cannot_run_on(files):
    path = files["two_inputs"]
    inputs = {"image": np.zeros((1, 8, 8, 1)), "words": np.full((1, 3), 99)}
    refused(ValueError, f"'{path}' could not run: ", path, inputs=inputs, start=True)
