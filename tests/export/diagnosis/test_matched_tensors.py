"""Tensors of two files that stand for the same, by the graph and by names."""

import numpy as np

from keras_distill.export.contents.tflite_contents import (
    TFLiteGraph,
    TFLiteOperator,
    TFLiteTensor,
)
from keras_distill.export.diagnosis.matched_tensors import matched_tensors


def contents(names, operators, inputs, outputs, constants=(), shapes=None):
    shapes = shapes or {}
    tensors = [
        TFLiteTensor(n, shapes.get(i, (1, 2)), "float32", (), (), np.ones(2) if i in constants
                     else None)
        for i, n in enumerate(names)
    ]  # fmt: skip
    return TFLiteGraph("main", tensors, [TFLiteOperator(*o) for o in operators], inputs, outputs)


def test_by_the_graph_whatever_the_names():
    ours = contents(["x", "a", "b"], [("CONV_2D", (0,), (1,)), ("TANH", (1,), (2,))], (0,), (2,))
    theirs = contents(
        ["in", "q", "c", "d"],
        [("QUANTIZE", (0,), (1,)), ("CONV_2D", (1,), (2,)), ("TANH", (2,), (3,))],
        (0,), (3,),
    )  # fmt: skip
    # What is rounded stands for the same as what it was before.
    assert matched_tensors(theirs, ours) == {0: 0, 1: 0, 2: 1, 3: 2}


def test_branches_of_one_kind_by_their_constants():
    # Two convolutions of the same input, in another order.
    ours = contents(
        ["x", "left_k", "right_k", "p", "q"],
        [("CONV_2D", (0, 1), (3,)), ("CONV_2D", (0, 2), (4,))],
        (0,), (3, 4), constants=(1, 2),
    )  # fmt: skip
    theirs = contents(
        ["x", "right_k", "left_k", "s", "t"],
        [("CONV_2D", (0, 1), (3,)), ("CONV_2D", (0, 2), (4,))],
        (0,), (3, 4), constants=(1, 2),
    )  # fmt: skip
    assert matched_tensors(theirs, ours) == {0: 0, 3: 4, 4: 3}


def test_by_name_behind_what_has_no_match():
    ours = contents(["x", "a", "b"], [("GELU", (0,), (1,)), ("TANH", (1,), (2,))], (0,), (2,))
    theirs = contents(
        ["x", "m", "a", "b"],
        [("MUL", (0,), (1,)), ("ERF", (1,), (2,)), ("TANH", (2,), (3,))],
        (0,), (3,),
    )  # fmt: skip
    assert matched_tensors(theirs, ours) == {0: 0, 2: 1, 3: 2}


def test_another_shape_is_another_tensor():
    ours = contents(["x", "a"], [("CONV_2D", (0,), (1,))], (0,), (1,), shapes={1: (1, 9)})
    theirs = contents(["x", "a"], [("CONV_2D", (0,), (1,))], (0,), (1,))
    assert matched_tensors(theirs, ours) == {0: 0}
