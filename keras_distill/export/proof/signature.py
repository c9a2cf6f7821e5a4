"""The inputs and outputs of an artefact, as its manifest names them."""

import numpy as np


def file_signature(file, kinds):
    """What a `.tflite` file takes and gives.

    Args:
        file: A `TFLiteFile`.
        kinds: {output: `"logits"`, `"probabilities"` or `"unknown"`}.

    Returns:
        `{"inputs": […], "outputs": […]}`, each entry with name, shape (-1: any length), dtype,
        scale and zero point (None unless quantized); of outputs also `kind`.
    """
    return {
        "inputs": [end_of(name, detail) for name, detail in file.inputs.items()],
        "outputs": [
            end_of(name, detail) | {"kind": kinds[name]} for name, detail in file.results.items()
        ],
    }


def end_of(name, detail):
    """What is told of one input or output, from the interpreter's details of it."""
    scale, zero_point = detail["quantization"]
    signature = detail["shape_signature"]
    return {
        "name": name,
        "shape": [int(n) for n in (signature if len(signature) else detail["shape"])],
        "dtype": np.dtype(detail["dtype"]).name,
        "scale": float(scale) if scale else None,
        "zero_point": int(zero_point) if scale else None,
    }
