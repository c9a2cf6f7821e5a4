"""A .tflite file, run as a phone runs it: by the LiteRT interpreter."""

import json
import pathlib

import numpy as np


class TFLiteFile:
    """Runs a `.tflite` file on batches of float32 images.

    Inputs of a quantized file are quantized with its own scale and zero point, rounding
    halves away from zero as TFLite's QUANTIZE does, and its outputs dequantized.

    Args:
        path: A `.tflite` file with one input and one output.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If the file is damaged, needs operators that the stock interpreter does
            not have, or has several inputs or outputs.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._interpreter = open_interpreter(path)
        inputs = self._interpreter.get_input_details()
        outputs = self._interpreter.get_output_details()
        if len(inputs) != 1 or len(outputs) != 1:
            raise ValueError(
                f"{str(path)!r} has {len(inputs)} inputs and {len(outputs)} outputs; a predictor "
                "needs a model with one of each."
            )
        self.input, self.output = inputs[0], outputs[0]
        signature = self.input["shape_signature"]
        if not len(signature):
            signature = self.input["shape"]
        self.input_shape = tuple(None if n == -1 else int(n) for n in signature[1:])
        self._resizable = signature[0] == -1 or None in self.input_shape
        self._shape = None

    @property
    def outputs(self):
        """`"logits"` or `"probabilities"`, from the manifest beside the file; else `"unknown"`."""
        manifest = self.path.with_name(f"{self.path.name}.manifest.json")
        if not manifest.exists():
            return "unknown"
        return json.loads(manifest.read_text(encoding="utf-8")).get("outputs", "unknown")

    def predict(self, images):
        """Raw outputs, dequantized, of float32 images `(n, …)`, as float32 `(n, classes)`."""
        images = quantize(np.asarray(images, "float32"), self.input)
        if self._resizable and len(images):
            raw = self._invoke(images)
        else:
            # The file has a batch of its own: fill it up, cut the rest off.
            size = int(self.input["shape"][0])
            starts = range(0, len(images), size) or [0]
            batches = [self._filled(images[i : i + size], size) for i in starts]
            raw = np.concatenate(batches)
        return dequantize(raw, self.output)

    def _filled(self, images, size):
        batch = np.zeros((size, *images.shape[1:]), images.dtype)
        batch[: len(images)] = images
        return self._invoke(batch)[: len(images)]

    def _invoke(self, images):
        interpreter = self._interpreter
        if self._resizable and images.shape != self._shape:
            interpreter.resize_tensor_input(self.input["index"], images.shape)
            interpreter.allocate_tensors()
            self._shape = images.shape
        interpreter.set_tensor(self.input["index"], images)
        interpreter.invoke()
        return interpreter.get_tensor(self.output["index"])


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
    """Float32 values in the dtype of an interpreter's tensor."""
    dtype = np.dtype(tensor["dtype"])
    scale, zero_point = tensor["quantization"]
    if dtype.kind == "f" or not scale:
        return values.astype(dtype)
    # The division in float32 as TFLite does it; the half in float64, where it is exact.
    scaled = (values / np.float32(scale)).astype("float64")
    rounded = np.trunc(scaled + np.copysign(0.5, scaled)) + zero_point
    limits = np.iinfo(dtype)
    return np.clip(rounded, limits.min, limits.max).astype(dtype)


def dequantize(values, tensor):
    """The float32 values that an interpreter's tensor stands for."""
    scale, zero_point = tensor["quantization"]
    if values.dtype.kind == "f" or not scale:
        return values.astype("float32")
    return (values.astype("int32") - zero_point).astype("float32") * np.float32(scale)
