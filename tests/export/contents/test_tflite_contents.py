"""Tensors and operators read from the bytes agree with what LiteRT says."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

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


def test_every_subgraph_is_read(file, tmp_path):
    """A number is added in the second subgraph only, which CALL_ONCE names."""
    main, once = file.graph(), file.graph()
    main.tensor("x", (1, 2))
    main.tensor("y", (1, 2))
    options = schema.CallOnceOptionsT()
    options.initSubgraphIndex = 1
    main.operator("CALL_ONCE", [], [], options)
    main.operator("ABS", ["x"], ["y"])
    main.ends(["x"], ["y"])
    once.tensor("a", (3,), "float32", [1, 2, 3])
    once.tensor("whole", (3,), "int32", [0, 0, 5])
    once.tensor("b", (3,))
    once.operator("ADD", ["a", "a"], ["b"], schema.AddOptionsT())
    once.ends([], [])
    (tmp_path / "m.tflite").write_bytes(file.content())
    contents = read(tmp_path / "m.tflite")
    assert [graph.inputs for graph in contents.graphs] == [(0,), ()]
    assert [operator.name for operator in contents.operators] == ["CALL_ONCE", "ABS", "ADD"]
    assert contents.float_operators() == [("ABS", "y"), ("ADD", "b")]
    assert [tensor.name for tensor in contents.tensors] == ["x", "y", "a", "whole", "b"]
    assert contents.tensors[3].zeros == pytest.approx(2 / 3)
    assert contents.tensors[contents.outputs[0]].name == "y"
