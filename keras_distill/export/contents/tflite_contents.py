"""The tensors and operators in a .tflite file, from its own bytes."""

import dataclasses
import pathlib

import numpy as np

from keras_distill.predictors.tflite_file import open_interpreter


@dataclasses.dataclass(frozen=True)
class TFLiteTensor:
    """One tensor of a file; `data` is None unless it is a constant."""

    name: str
    shape: tuple
    dtype: str
    scale: tuple
    zero_point: tuple
    data: np.ndarray | None

    @property
    def zeros(self):
        """Share of a constant's values that stand for exactly zero."""
        zero = self.zero_point[0] if self.zero_point else 0
        return float(np.mean(self.data == zero))


@dataclasses.dataclass(frozen=True)
class TFLiteOperator:
    """One operator: its name and the indices of its tensors."""

    name: str
    inputs: tuple
    outputs: tuple


@dataclasses.dataclass(frozen=True)
class TFLiteContents:
    """What `read` finds in the first subgraph of a file."""

    tensors: list
    operators: list
    inputs: tuple
    outputs: tuple

    def float_operators(self):
        """(operator, name of its output) of all that give out floating-point numbers."""
        return [
            (operator.name, self.tensors[index].name)
            for operator in self.operators
            for index in operator.outputs
            if self.tensors[index].dtype.startswith("float")
        ]


def read(path):
    """Reads the tensors and operators of a `.tflite` file.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If it is damaged.
    """
    from ai_edge_litert import schema_py_generated as schema

    open_interpreter(path)  # Verifies the file; the reader below trusts its offsets.
    content = pathlib.Path(path).read_bytes()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    types = {v: k for k, v in vars(schema.TensorType).items() if not k.startswith("_")}
    codes = {v: k for k, v in vars(schema.BuiltinOperator).items() if not k.startswith("_")}
    graph = model.subgraphs[0]
    operators = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        # Files from before 2020 hold the number in another field.
        name = codes[max(code.builtinCode, code.deprecatedBuiltinCode)]
        if name == "CUSTOM":
            name = code.customCode.decode()
        operators.append(
            TFLiteOperator(
                name,
                tuple(int(i) for i in operator.inputs if i >= 0),
                tuple(int(i) for i in operator.outputs),
            )
        )
    tensors = [_tensor(t, types[t.type].lower(), model.buffers) for t in graph.tensors]
    inputs, outputs = (tuple(int(i) for i in ends) for ends in (graph.inputs, graph.outputs))
    return TFLiteContents(tensors, operators, inputs, outputs)


def _tensor(tensor, dtype, buffers):
    shape = tensor.shapeSignature if tensor.shapeSignature is not None else tensor.shape
    shape = tuple(int(n) for n in shape) if shape is not None else ()
    quantization = tensor.quantization
    quantized = quantization is not None and quantization.scale is not None
    data = buffers[tensor.buffer].data
    if data is not None and len(data) and hasattr(np, dtype):
        data = np.asarray(data, "uint8").view(dtype).reshape(shape)
    else:
        data = None
    return TFLiteTensor(
        name=tensor.name.decode(),
        shape=shape,
        dtype=dtype,
        scale=tuple(float(s) for s in quantization.scale) if quantized else (),
        zero_point=tuple(int(z) for z in quantization.zeroPoint) if quantized else (),
        data=data,
    )
