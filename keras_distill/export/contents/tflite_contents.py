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
    """One operator: its name, the indices of its tensors, and its options as in the schema."""

    name: str
    inputs: tuple
    outputs: tuple
    options: object = None


@dataclasses.dataclass(frozen=True)
class TFLiteGraph:
    """One subgraph: the first is the model, others are the bodies of its WHILE and IF."""

    name: str
    tensors: list
    operators: list
    inputs: tuple
    outputs: tuple


@dataclasses.dataclass(frozen=True)
class TFLiteContents:
    """What `read` finds in a file."""

    graphs: list

    @property
    def inputs(self):
        """The model's inputs: indices that hold in `tensors` too."""
        return self.graphs[0].inputs

    @property
    def outputs(self):
        """The model's outputs: indices that hold in `tensors` too."""
        return self.graphs[0].outputs

    @property
    def tensors(self):
        """Those of all subgraphs, the model's own first."""
        return [tensor for graph in self.graphs for tensor in graph.tensors]

    @property
    def operators(self):
        """Those of all subgraphs; their indices hold in their own subgraph."""
        return [operator for graph in self.graphs for operator in graph.operators]

    def float_operators(self):
        """(operator, name of its output) of all that give out floating-point numbers."""
        return [
            (operator.name, graph.tensors[index].name)
            for graph in self.graphs
            for operator in graph.operators
            for index in operator.outputs
            if graph.tensors[index].dtype.startswith("float")
        ]


def read(path):
    """Reads the tensors and operators of a `.tflite` file, of all its subgraphs.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If it is damaged.
    """
    from ai_edge_litert import schema_py_generated as schema

    open_interpreter(path)  # Verifies the file; the reader below trusts its offsets.
    content = pathlib.Path(path).read_bytes()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    codes = {v: k for k, v in vars(schema.BuiltinOperator).items() if not k.startswith("_")}
    names = []
    for code in model.operatorCodes:
        # Files from before 2020 hold the number in another field.
        name = codes[max(code.builtinCode, code.deprecatedBuiltinCode)]
        names.append(code.customCode.decode() if name == "CUSTOM" else name)
    return TFLiteContents([_graph(graph, names, model.buffers) for graph in model.subgraphs])


def _graph(graph, names, buffers):
    from ai_edge_litert import schema_py_generated as schema

    types = {v: k for k, v in vars(schema.TensorType).items() if not k.startswith("_")}
    return TFLiteGraph(
        name=(graph.name or b"").decode(),
        tensors=[_tensor(t, types[t.type].lower(), buffers) for t in graph.tensors],
        operators=[
            TFLiteOperator(
                names[operator.opcodeIndex],
                _indices(operator.inputs),
                _indices(operator.outputs),
                operator.builtinOptions,
            )
            for operator in _listed(graph.operators)
        ],
        inputs=_indices(graph.inputs),
        outputs=_indices(graph.outputs),
    )


def _indices(found):
    """Of the tensors that are there: -1 stands for one that is left out."""
    return tuple(int(i) for i in _listed(found) if i >= 0)


def _listed(found):
    return () if found is None else found


def _tensor(tensor, dtype, buffers):
    shape = tensor.shapeSignature if tensor.shapeSignature is not None else tensor.shape
    shape = tuple(int(n) for n in shape) if shape is not None else ()
    quantization = tensor.quantization
    quantized = quantization is not None and quantization.scale is not None
    data = buffers[tensor.buffer].data
    whole = hasattr(np, dtype) and np.prod(shape) * np.dtype(dtype).itemsize
    # Half bytes, strings and TFLite's own sparse form are not taken apart.
    if data is not None and len(data) and len(data) == whole:
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
