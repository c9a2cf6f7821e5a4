"""What XNNPACK takes of files whose operators are known one by one."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from keras_distill.export.contents.delegates import delegates


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.tflite"


def test_an_operator_between_two_that_are_taken(file, path):
    """ADD → CUMSUM → ADD: XNNPACK has no CUMSUM, so it gets two pieces."""
    graph = file.graph()
    for name in ("x", "twice", "summed", "y"):
        graph.tensor(name, (1, 6))
    graph.tensor("axis", (), "int32", 1)
    graph.operator("ADD", ["x", "x"], ["twice"], schema.AddOptionsT())
    graph.operator("CUMSUM", ["twice", "axis"], ["summed"], schema.CumsumOptionsT())
    graph.operator("ADD", ["summed", "x"], ["y"], schema.AddOptionsT())
    graph.ends(["x"], ["y"])
    path.write_bytes(file.content())
    assert delegates(path) == {
        "fraction": 12 / 18,
        "partitions": 2,
        "operators": [
            {"subgraph": 0, "operator": name, "output": output, "work": 6, "xnnpack": taken}
            for name, output, taken in (
                ("ADD", "twice", True),
                ("CUMSUM", "summed", False),
                ("ADD", "y", True),
            )
        ],
    }


def test_all_of_a_convolutional_network(float_artefact):
    found = delegates(float_artefact)
    assert found["fraction"] == 1.0 and found["partitions"] == 1
    assert all(row["xnnpack"] for row in found["operators"])
    # 10 x 10 places of 6 filters of 3 x 3.
    assert [row["work"] for row in found["operators"] if row["operator"] == "CONV_2D"] == [5400]


def test_nothing_that_xnnpack_has(file, path):
    graph = file.graph()
    graph.tensor("x", (1, 6), "int32")
    graph.tensor("y", (1, 6), "int32")
    graph.operator("ABS", ["x"], ["y"])
    graph.ends(["x"], ["y"])
    path.write_bytes(file.content())
    found = delegates(path)
    assert (found["fraction"], found["partitions"]) == (0.0, 0)


def loop(file):
    """while (i < 3) {x = x + step; i = i + 1}: `i` are whole numbers, which stay outside."""
    main = file.graph()
    for name in ("i", "last_i"):
        main.tensor(name, (), "int32")
    for name in ("x", "y"):
        main.tensor(name, (1, 8))
    options = schema.WhileOptionsT()
    options.condSubgraphIndex, options.bodySubgraphIndex = 1, 2
    main.operator("WHILE", ["i", "x"], ["last_i", "y"], options)
    main.ends(["i", "x"], ["y"])
    condition = file.graph()
    condition.tensor("i", (), "int32")
    condition.tensor("x", (1, 8))
    condition.tensor("three", (), "int32", 3)
    condition.tensor("go", (), "bool")
    condition.operator("LESS", ["i", "three"], ["go"], schema.LessOptionsT())
    condition.ends(["i", "x"], ["go"])
    body = file.graph()
    body.tensor("i", (), "int32")
    body.tensor("x", (1, 8))
    body.tensor("one", (), "int32", 1)
    body.tensor("step", (1, 8), "float32", np.ones((1, 8)))
    body.tensor("next_i", (), "int32")
    body.tensor("next_x", (1, 8))
    body.operator("ADD", ["x", "step"], ["next_x"], schema.AddOptionsT())
    body.operator("ADD", ["i", "one"], ["next_i"], schema.AddOptionsT())
    body.ends(["i", "x"], ["next_i", "next_x"])
    return file.content()


def test_the_body_of_a_loop(file, path):
    path.write_bytes(loop(file))
    found = delegates(path)
    rows = [(r["subgraph"], r["operator"], r["work"], r["xnnpack"]) for r in found["operators"]]
    assert rows == [
        (0, "WHILE", 0, False),
        (1, "LESS", 1, False),
        (2, "ADD", 8, True),
        (2, "ADD", 1, False),
    ]
    assert found["fraction"] == 8 / 10


def test_damaged_file(path):
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="^Could not read "):
        delegates(path)
