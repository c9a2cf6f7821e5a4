"""The kernels in a .tflite file: how many values, how many zeros."""

import collections
import dataclasses
import math
import pathlib

import numpy as np

_DTYPES = {"FLOAT32": "float32", "FLOAT16": "float16", "INT8": "int8"}


@dataclasses.dataclass(frozen=True)
class FileKernels:
    """What a file's constants of two axes or more hold.

    Args:
        values: How many numbers they are, as the operators see them.
        zeros: How many of these stand for exactly zero.
        dtype: `"float32"`, `"float16"` or `"int8"`: that of most of them; `""` of none.

    Example:

    ```python
    assert kd.footprint.FileKernels(values=8, zeros=6, dtype="int8").sparsity == 0.75
    ```
    """

    values: int
    zeros: int
    dtype: str

    @property
    def sparsity(self):
        """Share of zeros, 0.0 for a file without kernels."""
        return self.zeros / self.values if self.values else 0.0


def file_kernels(path):
    """Counts in a file's own buffers; kernels that are stored packed count as they unpack.

    Args:
        path: A `.tflite` file that LiteRT opens: the offsets in it are trusted.

    Returns:
        A `FileKernels`.
    """
    from ai_edge_litert import schema_py_generated as schema

    content = pathlib.Path(path).read_bytes()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    kinds = {getattr(schema.TensorType, name): dtype for name, dtype in _DTYPES.items()}
    zeros, values = 0, collections.Counter()
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            data = model.buffers[tensor.buffer].data
            if data is None or tensor.type not in kinds or len(tensor.shape) < 2:
                continue
            stored = np.asarray(data, "uint8").view(kinds[tensor.type])
            size = math.prod(int(n) for n in tensor.shape)
            values[kinds[tensor.type]] += size
            zeros += size - int(np.sum(stored != _zero_point(tensor)))
    dtype = max(values, key=values.get, default="")
    return FileKernels(values.total(), zeros, dtype)


def _zero_point(tensor):
    quantization = tensor.quantization
    known = None if quantization is None else quantization.zeroPoint
    return 0 if known is None or len(known) == 0 else int(known[0])
