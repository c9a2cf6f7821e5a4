"""Reads the weights of a legacy `.pth` file, as PyTorch wrote it before 1.6, without PyTorch.

Such a file is five pickles (a magic number, the protocol, the system, the tensors, the keys of
their storages), then each storage: how many numbers, and the numbers. A pickle can name anything
to be called; here nothing can be but what tensors need.
"""

import collections
import dataclasses
import pickle
import struct

import numpy as np

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
_STORAGES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
}


@dataclasses.dataclass(frozen=True)
class _Tensor:
    """Where a tensor's numbers lie, until the storages are read."""

    key: str
    offset: int
    shape: tuple
    strides: tuple


def _rebuilt(storage, offset, shape, strides, *_):
    return _Tensor(storage[0], offset, tuple(shape), tuple(strides))


class _Tensors(pickle.Unpickler):
    """Knows tensors and ordered dicts, and refuses any other name."""

    def __init__(self, file):
        super().__init__(file)
        self.types = {}

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuilt
        if module == "torch" and name in _STORAGES:
            return name
        raise ValueError(
            f"The file names {module}.{name}; a file of weights names only "
            "collections.OrderedDict, torch._utils._rebuild_tensor_v2 and torch's storages "
            f"({', '.join(_STORAGES)}). Nothing of it was called."
        )

    def persistent_load(self, reference):
        kind, storage, key, _, numbers, view = reference
        if kind != "storage" or view is not None:
            raise ValueError(f"The file refers to {reference!r}; expected a whole storage.")
        self.types[key] = (np.dtype(_STORAGES[storage]), numbers)
        return (key,)


class _Plain(pickle.Unpickler):
    """Numbers, words, lists and dicts; no names at all."""

    def find_class(self, module, name):
        raise ValueError(f"The file names {module}.{name} outside its tensors; expected no name.")


def read(path):
    """The tensors of the file by name, as NumPy arrays."""
    with open(path, "rb") as file:
        if _head(file) != MAGIC:
            raise ValueError(f"{path} is no legacy PyTorch file: it does not begin like one.")
        protocol, system = _Plain(file).load(), _Plain(file).load()
        if protocol != PROTOCOL or not system["little_endian"]:
            raise ValueError(f"{path}: protocol {protocol}, {system}; expected {PROTOCOL}, little.")
        unpickler = _Tensors(file)
        tensors = unpickler.load()
        storages = {}
        for key in _Plain(file).load():
            dtype, expected = unpickler.types[key]
            (numbers,) = struct.unpack("<q", file.read(8))
            values = file.read(dtype.itemsize * expected)
            if numbers != expected or len(values) != dtype.itemsize * expected:
                raise ValueError(f"{path}: storage {key} should hold {expected} numbers.")
            storages[key] = np.frombuffer(values, dtype)
        if file.read(1):
            raise ValueError(f"{path} goes on after its last storage.")
    return {name: _array(name, tensor, storages) for name, tensor in tensors.items()}


def _head(file):
    try:
        return _Plain(file).load()
    except (pickle.UnpicklingError, EOFError, ValueError):
        return None


def _array(name, tensor, storages):
    """A copy of what the tensor sees of its storage; a view past its ends is refused."""
    values, steps = storages[tensor.key], list(zip(tensor.shape, tensor.strides, strict=True))
    last = tensor.offset + sum((size - 1) * stride for size, stride in steps)
    inside = 0 <= tensor.offset and 0 <= last < len(values)
    if not inside or any(size < 1 or stride < 0 for size, stride in steps):
        raise ValueError(f"{name} reaches outside its storage of {len(values)} numbers.")
    strides = [stride * values.itemsize for stride in tensor.strides]
    return np.lib.stride_tricks.as_strided(
        values[tensor.offset :], tensor.shape, strides, writeable=False
    ).copy()
