"""Multiply-accumulates from the file: by hand, and as `kd.footprint.macs` counts the model."""

import keras
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import keras_distill as kd
from keras_distill.export.contents.operator_work import known_shapes, operator_work
from keras_distill.export.contents.tflite_contents import TFLiteGraph, TFLiteOperator, read


def work(name, inputs, outputs, constants=(1,), options=None):
    """Of an operator on tensors of these shapes; those at `constants` are."""
    shapes = [*inputs, *outputs]
    split = len(inputs)
    operator = TFLiteOperator(name, tuple(range(split)), tuple(range(split, len(shapes))), options)
    return operator_work(operator, shapes, [i in constants for i in range(len(shapes))])


def adjoint():
    options = schema.BatchMatMulOptionsT()
    options.adjX = True
    return options


@pytest.mark.parametrize(
    "expected, name, inputs, outputs",
    [
        # 5 x 4 places, 7 filters, each 3 x 3 x 2.
        (5 * 4 * 7 * 3 * 3 * 2, "CONV_2D", [(1, 7, 6, 2), (7, 3, 3, 2)], [(1, 5, 4, 7)]),
        # Two groups of two channels: the kernel has those of one.
        (5 * 4 * 6 * 3 * 3 * 2, "CONV_2D", [(1, 7, 6, 4), (6, 3, 3, 2)], [(1, 5, 4, 6)]),
        (5 * 4 * 6 * 3 * 2, "DEPTHWISE_CONV_2D", [(1, 7, 5, 3), (1, 3, 2, 6)], [(1, 5, 4, 6)]),
        (2 * 3 * 4 * 6 * 8 * 5, "CONV_3D", [(1, 3, 4, 5, 5), (2, 2, 2, 5, 6)], [(1, 2, 3, 4, 6)]),
        # Ten rows of eight, six units.
        (10 * 8 * 6, "FULLY_CONNECTED", [(1, 10, 8), (6, 8)], [(1, 10, 6)]),
        # Every one of the 4 x 5 x 3 inputs meets 2 x 2 places of each of 6 filters.
        (
            4 * 5 * 3 * 2 * 2 * 6,
            "TRANSPOSE_CONV",
            [(4,), (6, 2, 2, 3), (1, 4, 5, 3)],
            [(1, 8, 10, 6)],
        ),
        # A kernel (depth, height, width, filters, channels).
        (
            2 * 3 * 4 * 5 * 8 * 6,
            "CONV_3D_TRANSPOSE",
            [(5,), (2, 2, 2, 6, 5), (1, 2, 3, 4, 5)],
            [(1, 4, 6, 8, 6)],
        ),
        # Four kernels on seven numbers, four on the state of five, for each of ten steps.
        (
            10 * (4 * 5 * 7 + 4 * 5 * 5),
            "UNIDIRECTIONAL_SEQUENCE_LSTM",
            [(1, 10, 7), *[(5, 7)] * 4, *[(5, 5)] * 4, (5,)],
            [(1, 10, 5)],
        ),
        # No products: the elements of the greatest tensor that is not a constant.
        (24, "MEAN", [(1, 2, 3, 4), (2,)], [(1, 4)]),
        (24, "RELU", [(1, 2, 3, 4)], [(1, 2, 3, 4)]),
        (8, "GATHER", [(2,), (1000, 4)], [(2, 4)]),
        (0, "RESHAPE", [(1, 24), (2,)], [(1, 24)]),
        (0, "WHILE", [(1, 24)], [(1, 24)]),
    ],
)
def test_by_hand(expected, name, inputs, outputs):
    constants = tuple(range(1, len(inputs)))
    if "TRANSPOSE" in name:
        constants = (0, 1)
    assert work(name, inputs, outputs, constants) == expected


def test_products_of_two_tensors():
    # (5, 8) by (8, 7), twice; then the first turned round.
    given = [(2, 5, 8), (2, 8, 7)], [(2, 5, 7)], ()
    assert work("BATCH_MATMUL", *given, schema.BatchMatMulOptionsT()) == 2 * 5 * 8 * 7
    given = [(2, 8, 5), (2, 8, 7)], [(2, 5, 7)], ()
    assert work("BATCH_MATMUL", *given, adjoint()) == 2 * 5 * 8 * 7


def test_constants_are_computed_once():
    assert work("DEQUANTIZE", [(64, 64)], [(64, 64)], constants=(0,)) == 0


def test_equal_to_the_macs_of_the_keras_model(tmp_path):
    import tensorflow as tf

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((16, 12, 4)),
            layers.Conv2D(8, 3, padding="same", groups=2, activation="relu"),
            layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2),
            layers.SeparableConv2D(6, 3),
            layers.Conv2DTranspose(5, 3, strides=2),
            layers.Flatten(),
            layers.Dense(7),
        ]
    )
    path = tmp_path / "m.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    (graph,) = read(path).graphs
    shapes = known_shapes(graph, plain(path))
    constant = [tensor.data is not None for tensor in graph.tensors]
    found = [
        operator_work(operator, shapes, constant)
        for operator in graph.operators
        if operator.name.endswith("CONV_2D")
        or operator.name in ("FULLY_CONNECTED", "TRANSPOSE_CONV")
    ]
    assert sum(found) == kd.footprint.macs(model) and len(found) >= 6


def plain(path):
    interpreter = Interpreter(
        model_path=str(path),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    return interpreter


def test_open_sizes_are_those_of_a_run(file, tmp_path):
    graph = file.graph()
    graph.tensor("x", (1, 4), signature=(-1, 4))
    graph.tensor("shape", (1,), "int32", [-1])
    graph.tensor("flat", (1,), signature=(-1,))
    graph.operator("RESHAPE", ["x", "shape"], ["flat"], schema.ReshapeOptionsT())
    graph.ends(["x"], ["flat"])
    path = tmp_path / "m.tflite"
    path.write_bytes(file.content())
    (found,) = read(path).graphs
    assert known_shapes(found, plain(path)) == [(1, 4), (1,), (4,)]


def test_known_sizes_need_no_run():
    graph = TFLiteGraph("", [], [], (), ())
    assert known_shapes(graph, interpreter=None) == []
