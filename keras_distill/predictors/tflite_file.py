"""A .tflite file, run as a phone runs it: by the LiteRT interpreter."""

import json
import pathlib

import numpy as np


class TFLiteFile:
    """Runs a `.tflite` file on batches of examples.

    Inputs of a quantized file are quantized with its own scale and zero point, rounding
    halves away from zero as TFLite's QUANTIZE does, and its outputs dequantized. A file of a
    fixed batch is run as often as it takes: resizing it would fail wherever the graph holds the
    batch, and saves nothing (0.10 ms an image of 32x32 one by one, 0.15 in a batch of 256).

    Args:
        path: A `.tflite` file.

    Attributes:
        inputs: {name: the interpreter's details of it}, by the names of the file's signature;
            of a file without one by its tensors' names.
        results: The same of the outputs.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If the file is damaged, or needs operators that the stock interpreter does
            not have.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._interpreter = open_interpreter(path)
        self.inputs, self.results = _ends(self._interpreter)
        self.input, self.output = (next(iter(d.values())) for d in (self.inputs, self.results))
        self._signatures = {name: _signature(detail) for name, detail in self.inputs.items()}
        self.input_shapes = {
            name: tuple(None if n == -1 else int(n) for n in signature[1:])
            for name, signature in self._signatures.items()
        }
        self._resizable = {
            name: -1 in signature for name, signature in self._signatures.items()
        }  # fmt: skip
        self._shapes = {}

    @property
    def input_shape(self):
        """Shape of one example of the first input, None for an axis of any length."""
        return next(iter(self.input_shapes.values()))

    @property
    def outputs(self):
        """`"logits"` or `"probabilities"`, from the manifest beside the file; else `"unknown"`."""
        return self._manifest().get("outputs", "unknown")

    @property
    def takes_pixels(self):
        """Whether it divides raw pixels by 255 itself, from the manifest beside the file."""
        return self._manifest().get("preprocess") == "pixels / 255"

    def _manifest(self):
        manifest = self.path.with_name(f"{self.path.name}.manifest.json")
        return json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}

    def predict(self, examples):
        """Outputs, dequantized, as float32 (whole numbers that are no quantized ones stay so).

        Args:
            examples: {name: array `(n, …)`}; of a file with one input also the array alone.

        Returns:
            {name: array `(n, …)`} of a dict, else the array of the only output.
        """
        named = isinstance(examples, dict)
        raw = self.run(self.quantized(examples if named else {next(iter(self.inputs)): examples}))
        outputs = {name: dequantize(values, self.results[name]) for name, values in raw.items()}
        return outputs if named else next(iter(outputs.values()))

    def quantized(self, examples):
        """{name: examples} in the file's own types."""
        return {
            name: quantize(np.asarray(examples[name]), detail)
            for name, detail in self.inputs.items()
        }

    def run(self, examples):
        """{name: raw outputs} of {name: examples} in the file's own types."""
        count = len(next(iter(examples.values())))
        if all(self._signatures[name][:1] == (-1,) for name in examples) and count:
            return self._invoke(examples)
        # The file has a batch of its own: fill it up, cut the rest off.
        size = max(1, int(next(iter(self.inputs.values()))["shape"][0]))
        parts = []
        for start in range(0, count, size) or [0]:
            cut = {name: values[start : start + size] for name, values in examples.items()}
            given = len(next(iter(cut.values())))
            if given < size:
                cut = {
                    name: np.concatenate(
                        [values, np.zeros((size - given, *values.shape[1:]), values.dtype)]
                    )
                    for name, values in cut.items()
                }
            parts.append({name: out[:given] for name, out in self._invoke(cut).items()})
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _invoke(self, examples):
        interpreter = self._interpreter
        shapes = {name: values.shape for name, values in examples.items()}
        if shapes != self._shapes and any(self._resizable.values()):
            for name, shape in shapes.items():
                if self._resizable[name]:
                    interpreter.resize_tensor_input(self.inputs[name]["index"], shape)
            interpreter.allocate_tensors()
            self._shapes = shapes
        for name, values in examples.items():
            interpreter.set_tensor(self.inputs[name]["index"], values)
        interpreter.invoke()
        return {
            name: interpreter.get_tensor(detail["index"]) for name, detail in self.results.items()
        }


def _ends(interpreter):
    """({name: details} of the inputs, that of the outputs)."""
    signatures = interpreter.get_signature_list()
    if len(signatures) == 1:
        runner = interpreter.get_signature_runner(next(iter(signatures)))
        return runner.get_input_details(), runner.get_output_details()
    given, made = interpreter.get_input_details(), interpreter.get_output_details()
    return {d["name"]: d for d in given}, {d["name"]: d for d in made}


def _signature(detail):
    """The shape of a tensor, -1 for an axis of any length."""
    shape = detail["shape_signature"] if len(detail["shape_signature"]) else detail["shape"]
    return tuple(int(n) for n in shape)


def open_interpreter(path):
    """The LiteRT interpreter of a file, ready to run, or a sentence that says why not."""
    from ai_edge_litert.interpreter import Interpreter

    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no .tflite file at {str(path)!r}: check the path.")
    try:
        interpreter = Interpreter(model_path=str(path))
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        reason = str(error).strip()
        if "Select TensorFlow op" in reason or "Flex" in reason:
            raise ValueError(
                f"{str(path)!r} needs TensorFlow operators (Flex) that the stock LiteRT "
                f"interpreter does not have: {reason} Export the model without them."
            ) from error
        raise ValueError(
            f"Could not read {str(path)!r} as a .tflite model; the file is damaged or of "
            f"another kind: {reason} Copy or export it again."
        ) from error
    return interpreter


def quantize(values, tensor):
    """Values in the dtype of an interpreter's tensor."""
    dtype = np.dtype(tensor["dtype"])
    scale, zero_point = tensor["quantization"]
    if values.dtype == dtype and not (dtype.kind in "iu" and scale):
        return values
    if dtype.kind not in "iu":
        return values.astype(dtype)
    limits = np.iinfo(dtype)
    if values.dtype.kind == "b":
        return values.astype(dtype)
    if not scale:
        values = np.rint(values) if values.dtype.kind == "f" else values
        return np.clip(values, limits.min, limits.max).astype(dtype)
    # The division in float32 as TFLite does it; the half in float64, where it is exact.
    scaled = (values.astype("float32") / np.float32(scale)).astype("float64")
    rounded = np.trunc(scaled + np.copysign(0.5, scaled)) + zero_point
    return np.clip(rounded, limits.min, limits.max).astype(dtype)


def dequantize(values, tensor):
    """What an interpreter's tensor stands for: float32, or whole numbers that are just that."""
    scale, zero_point = tensor["quantization"]
    if values.dtype.kind == "f":
        return values.astype("float32")
    if not scale:
        return values
    return (values.astype("int32") - zero_point).astype("float32") * np.float32(scale)
