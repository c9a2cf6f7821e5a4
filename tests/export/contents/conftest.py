"""Small .tflite files written operator by operator, so that a test knows each byte of them."""

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema


class Graph:
    """One subgraph in the making; tensors are known by their names."""

    def __init__(self, file):
        self.file, self.names = file, {}
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []

    def tensor(self, name, shape, dtype="float32", data=None, signature=None):
        made = schema.TensorT()
        made.name, made.shape = name, np.asarray(shape, "int32")
        made.type = getattr(schema.TensorType, dtype.upper())
        if signature is not None:
            made.shapeSignature = np.asarray(signature, "int32")
        if data is not None:
            made.buffer = self.file.buffer(np.asarray(data, dtype))
        self.names[name] = len(self.graph.tensors)
        self.graph.tensors.append(made)
        return name

    def operator(self, name, inputs, outputs, options=None, custom=None):
        made = schema.OperatorT()
        made.opcodeIndex = self.file.code(name, custom)
        made.inputs = np.asarray([self.names[i] if i else -1 for i in inputs], "int32")
        made.outputs = np.asarray([self.names[i] for i in outputs], "int32")
        if options is not None:
            made.builtinOptions = options
            kind = type(options).__name__.removesuffix("T")
            made.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
        self.graph.operators.append(made)

    def ends(self, inputs, outputs):
        self.graph.inputs = np.asarray([self.names[i] for i in inputs], "int32")
        self.graph.outputs = np.asarray([self.names[i] for i in outputs], "int32")


class File:
    """A model in the making."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        # Buffer 0 is the empty one, by the schema's convention.
        self.model.buffers, self.model.operatorCodes = [schema.BufferT()], []
        self.model.subgraphs, self.model.metadata = [], []

    def graph(self):
        made = Graph(self)
        self.model.subgraphs.append(made.graph)
        return made

    def buffer(self, data):
        made = schema.BufferT()
        made.data = np.frombuffer(data.tobytes(), "uint8")
        self.model.buffers.append(made)
        return len(self.model.buffers) - 1

    def code(self, name, custom=None):
        made = schema.OperatorCodeT()
        made.builtinCode = getattr(schema.BuiltinOperator, name)
        made.deprecatedBuiltinCode = min(made.builtinCode, 127)
        made.version, made.customCode = 1, custom
        self.model.operatorCodes.append(made)
        return len(self.model.operatorCodes) - 1

    def signature(self, inputs, outputs, graph):
        made = schema.SignatureDefT()
        made.signatureKey, made.subgraphIndex = "serving_default", 0
        made.inputs, made.outputs = [
            [self._map(name, graph.names[tensor]) for name, tensor in ends.items()]
            for ends in (inputs, outputs)
        ]
        self.model.signatureDefs = [made]

    def _map(self, name, index):
        made = schema.TensorMapT()
        made.name, made.tensorIndex = name, index
        return made

    def content(self):
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


@pytest.fixture
def file():
    return File()


@pytest.fixture
def new_file():
    """Makes a file, for tests that need several."""
    return File


@pytest.fixture
def two_inputs(file):
    """left (1, 2, 2, 3) plus right (1, 2, 2, 3), as `sum`; the signature's order is another."""
    graph = file.graph()
    for name in ("left", "right", "sum"):
        graph.tensor(name, (1, 2, 2, 3))
    graph.operator("ADD", ["left", "right"], ["sum"], schema.AddOptionsT())
    graph.ends(["left", "right"], ["sum"])
    file.signature({"b": "right", "a": "left"}, {"output": "sum"}, graph)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "min_runtime_version", file.buffer(np.frombuffer(b"1.6.0", "uint8"))
    file.model.metadata.append(entry)
    return file.content()
