"""What TensorFlow Lite Micro runs: by the list, and by itself where it is installed."""

import subprocess
import sys

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from keras_distill.export.contents.microcontrollers import (
    OPERATORS,
    SOURCE,
    microcontrollers,
)
from keras_distill.export.contents.tflite_contents import read


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.tflite"


def one_operator(file, name):
    graph = file.graph()
    graph.tensor("x", (1, 2))
    graph.tensor("y", (1, 2))
    graph.operator(name, ["x"], ["y"])
    graph.ends(["x"], ["y"])
    return file.content()


def hybrid(file):
    graph = file.graph()
    graph.tensor("x", (1, 2))
    graph.tensor("y", (1, 3))
    graph.tensor("kernel", (3, 2), "int8", np.ones((3, 2)))
    quantization = schema.QuantizationParametersT()
    quantization.scale, quantization.zeroPoint = np.ones(1, "float32"), np.zeros(1, "int64")
    graph.graph.tensors[2].quantization = quantization
    graph.operator("FULLY_CONNECTED", ["x", "kernel", None], ["y"], schema.FullyConnectedOptionsT())
    graph.ends(["x"], ["y"])
    return file.content()


def test_a_network_that_runs(int8_artefact, float_artefact):
    for artefact in (int8_artefact, float_artefact):
        assert microcontrollers(read(artefact)) == {
            "runs": True,
            "missing": [],
            "refused": [],
            "source": SOURCE,
        }


def test_an_operator_that_is_missing(file, path):
    graph = file.graph()
    graph.tensor("x", (1, 2))
    graph.tensor("y", (1, 2))
    graph.operator("GELU", ["x"], ["y"], schema.GeluOptionsT())
    graph.ends(["x"], ["y"])
    path.write_bytes(file.content())
    found = microcontrollers(read(path))
    assert (found["runs"], found["missing"]) == (False, ["GELU"])


def test_integer_weights_on_floats(file, path):
    path.write_bytes(hybrid(file))
    found = microcontrollers(read(path))
    assert found["refused"] == ["float operators with integer weights: export as float32 or int8"]
    assert not found["runs"] and not found["missing"]


def test_half_precision(file, path):
    graph = file.graph()
    graph.tensor("half", (2,), "float16", [1, 2])
    graph.tensor("x", (2,))
    graph.tensor("whole", (2,))
    graph.tensor("y", (2,))
    graph.operator("DEQUANTIZE", ["half"], ["whole"])
    graph.operator("ADD", ["whole", "x"], ["y"], schema.AddOptionsT())
    graph.ends(["x"], ["y"])
    path.write_bytes(file.content())
    found = microcontrollers(read(path))
    assert found["refused"] == ["float16 tensors: export with another recipe"]


def test_names_are_those_of_the_schema():
    assert OPERATORS <= set(vars(schema.BuiltinOperator)) and "CUSTOM" not in OPERATORS


def test_tflite_micro_refuses_integer_weights_on_floats_too(file, capfd):
    runtime = pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    with pytest.raises(RuntimeError, match="failed to allocate tensors"):
        runtime.Interpreter.from_bytes(hybrid(file))


# Each file in a fork of its own: on missing arguments some of its kernels end the process.
OFFER = """
import os, pathlib, sys
from tflite_micro.python.tflite_micro import runtime
for path in pathlib.Path(sys.argv[1]).glob("*.tflite"):
    said = os.open(path.with_suffix(".said"), os.O_CREAT | os.O_WRONLY)
    if os.fork() == 0:
        os.dup2(said, 1)
        os.dup2(said, 2)
        try:
            runtime.Interpreter.from_file(str(path))
        finally:
            os._exit(0)
    os.wait()
"""


def test_tflite_micro_itself(tmp_path, new_file):
    """Each operator in a file of its own: either it is not found, or its arguments are wrong."""
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    known = {name for name in vars(schema.BuiltinOperator) if name.isupper()} - {"CUSTOM"}
    for name in known:
        (tmp_path / f"{name}.tflite").write_bytes(one_operator(new_file(), name))
    subprocess.run([sys.executable, "-c", OFFER, str(tmp_path)], check=True)
    said = {name: (tmp_path / f"{name}.said").read_text() for name in known}
    assert {n for n in known if "Didn't find op" not in said[n]} == OPERATORS
