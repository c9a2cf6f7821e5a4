"""Tensors and operators read from the bytes agree with what LiteRT says."""

import numpy as np
import pytest

from keras_distill.export.contents.tflite_contents import read


def test_every_tensor_is_int8_or_int32(int8_artefact):
    contents = read(int8_artefact)
    assert {tensor.dtype for tensor in contents.tensors} == {"int8", "int32"}
    assert contents.float_operators() == []


def test_float_operators_are_named(float_artefact):
    operators = read(float_artefact).float_operators()
    assert "CONV_2D" in [name for name, _ in operators]
    assert all(place for _, place in operators)


def test_interpreter_sees_the_same_tensors(int8_artefact):
    from ai_edge_litert.interpreter import Interpreter

    theirs = Interpreter(model_path=str(int8_artefact.path)).get_tensor_details()
    theirs = {t["name"]: np.dtype(t["dtype"]).name for t in theirs if t["name"]}
    for tensor in read(int8_artefact).tensors:
        assert theirs[tensor.name] == tensor.dtype


def test_damaged_file_is_refused_before_its_offsets_are_followed(float_artefact, tmp_path):
    content = float_artefact.path.read_bytes()
    (tmp_path / "x.tflite").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="^Could not read "):
        read(tmp_path / "x.tflite")
