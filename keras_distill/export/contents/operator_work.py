"""How much each operator of a .tflite file computes, from the shapes in the file."""

import contextlib
import math

import numpy as np

# They only name what is there, or run another subgraph, whose operators count themselves.
_FREE = {
    "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "SHAPE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE",
    "CALL_ONCE", "IF", "WHILE", "STABLEHLO_COMPOSITE",
}  # fmt: skip


def operator_work(operator, shapes, constant):
    """What one operator computes in one run.

    Multiply-accumulates of convolutions and products of matrices: the same number as
    `keras_distill.footprint.macs`, without biases. Of any other operator the elements of the
    greatest tensor that it reads or writes, constants left out; nothing where only constants
    come in (LiteRT computes those once), where a shape changes and no data moves, and of
    control flow.

    Args:
        operator: A `TFLiteOperator`.
        shapes: Shape of each tensor of its subgraph, all numbers known.
        constant: Whether each tensor is a constant.

    Returns:
        A whole number.
    """
    inputs = [shapes[i] for i in operator.inputs]
    outputs = [shapes[i] for i in operator.outputs]
    moving = [shapes[i] for i in operator.inputs if not constant[i]]
    if not moving or operator.name in _FREE:
        return 0
    made = math.prod(outputs[0]) if outputs else 0
    match operator.name:
        case "CONV_2D":  # a kernel (filters, height, width, channels of a group)
            return made * math.prod(inputs[1][1:])
        case "DEPTHWISE_CONV_2D":  # (1, height, width, channels)
            return made * math.prod(inputs[1][1:3])
        case "CONV_3D":  # (depth, height, width, channels, filters)
            return made * math.prod(inputs[1][:4])
        case "FULLY_CONNECTED":  # (units, channels)
            return made * inputs[1][-1]
        case "TRANSPOSE_CONV" | "CONV_3D_TRANSPOSE":
            # The third input meets every place of the kernel, once for each filter.
            filters = 0 if operator.name == "TRANSPOSE_CONV" else -2
            channels = inputs[1][-1]
            places = math.prod(inputs[1]) // (channels * inputs[1][filters])
            return math.prod(inputs[2]) * places * inputs[1][filters]
        case "BATCH_MATMUL":
            return made * inputs[0][-2 if operator.options and operator.options.adjX else -1]
        case "UNIDIRECTIONAL_SEQUENCE_LSTM":
            kernels = [shapes[i] for i in operator.inputs if constant[i] and len(shapes[i]) == 2]
            return math.prod(inputs[0][:-1]) * sum(math.prod(kernel) for kernel in kernels)
    return max(math.prod(shape) for shape in [*moving, *outputs])


def known_shapes(graph, interpreter):
    """The shapes of a subgraph's tensors at a batch of one.

    Where the file leaves sizes open the subgraph is run once, on zeros: only then does the
    interpreter know them all. If it does not run on zeros, what is known before is told.

    Args:
        graph: A `TFLiteGraph`.
        interpreter: One whose main subgraph this is, without delegates, allocated.

    Returns:
        A list of tuples of whole numbers.
    """
    if all(n >= 0 for tensor in graph.tensors for n in tensor.shape):
        return [tensor.shape for tensor in graph.tensors]
    for tensor in interpreter.get_input_details():
        if np.dtype(tensor["dtype"]).kind in "biuf":
            interpreter.set_tensor(tensor["index"], np.zeros(tensor["shape"], tensor["dtype"]))
    with contextlib.suppress(RuntimeError):
        interpreter.invoke()
    found = {t["index"]: t["shape"] for t in interpreter.get_tensor_details()}
    return [tuple(int(n) for n in found[i]) for i in range(len(graph.tensors))]
