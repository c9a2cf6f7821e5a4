"""Examples with their expected outputs, for the test of the app that ships the file."""

import numpy as np

from keras_distill.predictors.tflite_file import TFLiteFile

_EXAMPLES = 8
# Kernels of other processors may round the last step of an int8 output another way.
_STEPS = 2
# Of the output range, where a file gives out floats: sums in another order; half precision where
# a processor has it; integers inside.
_SHARE = {"float32": 1e-4, "float16": 1e-3, "int16x8": 1e-3, "dynamic_range": 1e-2, "int8": 1e-2}


def golden(path, samples, parity, recipe):
    """Eight inputs as the file takes them, and the outputs that it gave.

    Args:
        path: The `.tflite` file.
        samples: {name: examples}; the first eight are used.
        parity: Its `output_range`s set the tolerances of a file that gives out floats.
        recipe: How the file was made.

    Returns:
        A dict that JSON can hold: lists `inputs` and `outputs`, each entry with name, dtype,
        shape (of one example) and `values` (one flat list for each example, last axis fastest);
        for outputs also `tolerance`: the largest difference, in the output's own numbers, that
        an app may see.
    """
    file = TFLiteFile(path)
    given = {name: values[:_EXAMPLES] for name, values in samples.items()}
    inputs = file.quantized(given)
    outputs = file.run(inputs)
    return {
        "format": 2,
        "inputs": [_part(name, values) for name, values in inputs.items()],
        "outputs": [
            _part(name, values)
            | {"tolerance": _tolerance(values, parity.outputs[name].output_range, recipe)}
            for name, values in outputs.items()
        ],
    }


def _tolerance(values, output_range, recipe):
    if values.dtype.kind != "f":
        return _STEPS
    return max(_SHARE[recipe] * output_range, 1e-6)


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
