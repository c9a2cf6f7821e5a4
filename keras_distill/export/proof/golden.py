"""Examples with their expected outputs, for the test of the app that ships the file."""

import numpy as np

_EXAMPLES = 8
# Kernels of other processors may round a layer's last step another way: two of an int8
# output's 256 steps, sixteen of an int16's 65536. Other whole numbers (indices) are exact.
_STEPS = {"int8": 2, "uint8": 2, "int16": 16}
# The same, of a float output's range. What computes in 8 bits or in half precision gives a
# float output no finer than that; a phone may compute a float16 file in half precision.
_SHARES = {
    "float32": 1e-4,
    "float16": 1e-2,
    "dynamic_range": 1e-2,
    "int8": 1e-2,
    "int16x8": 1e-3,
}


def golden(inputs, outputs, recipe, texts=None):
    """Eight inputs as the file takes them, and the outputs that it gave, for FILE.golden.json.

    Args:
        inputs: Raw values, in the file's own dtype, by the name of the input: arrays
            `(n, …)`. The first eight examples are used.
        outputs: What the file gave for them, in the same form.
        recipe: The file's recipe; it sets the tolerance of float outputs.
        texts: Where the inputs are ids of text: the text of each example.

    Returns:
        A dict that JSON can hold: `format` 2, `inputs` and `outputs`, each a list of parts
        with `name`, `dtype`, `shape` of one example and `values` (one flat list for each
        example, last axis fastest). An output has a `tolerance` too: the largest difference,
        in the output's own numbers, that an app may see. `texts` is there if given.
    """
    page = {"format": 2}
    if texts is not None:
        page["texts"] = [str(text) for text in texts[:_EXAMPLES]]
    page["inputs"] = [_part(name, values[:_EXAMPLES]) for name, values in inputs.items()]
    page["outputs"] = [
        _part(name, values[:_EXAMPLES]) | {"tolerance": _tolerance(values[:_EXAMPLES], recipe)}
        for name, values in outputs.items()
    ]
    return page


def _part(name, values):
    return {
        "name": name,
        "dtype": values.dtype.name,
        "shape": list(values.shape[1:]),
        # A float32's shortest decimals, which read back as the same float32.
        "values": [[_number(v) for v in row.ravel()] for row in values],
    }


def _tolerance(values, recipe):
    if values.dtype.kind != "f":
        return _STEPS.get(values.dtype.name, 0)
    # Never below the last digits of a float32, where the outputs are large and all alike.
    floor = 1e-6 * max(1.0, float(np.abs(values).max()))
    return max(_SHARES[recipe] * float(np.ptp(values)), floor)


def _number(value):
    return float(np.format_float_positional(value)) if value.dtype.kind == "f" else int(value)
