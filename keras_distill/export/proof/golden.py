"""Examples with their expected outputs, for the test of the app that ships the file."""

import numpy as np

from keras_distill.predictors.tflite_file import TFLiteFile, quantize

_EXAMPLES = 8
# Kernels of other processors may round the last step of an int8 output another way.
_INT8_STEPS = 2


def golden(path, samples, parity):
    """Eight inputs as the file takes them, and the outputs that it gave.

    Args:
        path: The `.tflite` file.
        samples: Float32 examples; the first eight are used.
        parity: Its `output_range` sets the tolerance of a float file.

    Returns:
        A dict that JSON can hold: `input` and `output` with name, dtype, shape and
        `values` (one flat list for each example, last axis fastest), and `tolerance`: the
        largest difference, in the output's own numbers, that an app may see.
    """
    file = TFLiteFile(path)
    inputs = quantize(samples[:_EXAMPLES], file.input)
    outputs = quantize(file.predict(samples[:_EXAMPLES]), file.output)
    whole = outputs.dtype.kind != "f"
    return {
        "format": 1,
        "input": _part("input", inputs),
        "output": _part("output", outputs),
        "tolerance": _INT8_STEPS if whole else max(1e-4 * parity.output_range, 1e-6),
    }


def _part(name, values):
    return {
        "name": name,
        "dtype": values.dtype.name,
        "shape": list(values.shape[1:]),
        # A float32's shortest decimals, which read back as the same float32.
        "values": [[_number(v) for v in row.ravel()] for row in values],
    }


def _number(value):
    return float(np.format_float_positional(value)) if value.dtype.kind == "f" else int(value)
