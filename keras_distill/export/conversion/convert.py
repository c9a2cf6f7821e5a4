"""The child process: a SavedModel becomes a .tflite file, and runs once.

Run as `python -m keras_distill.export.conversion.convert - ANSWER` by
`keras_distill.files.run_child`: the converter leaks memory and can crash, and so can the
interpreter on what it made.
"""

import json
import pathlib
import sys

import numpy as np

from keras_distill.export.contents.metadata import embed
from keras_distill.export.conversion.converters import CONVERTERS
from keras_distill.export.conversion.quantize_but import quantize_but
from keras_distill.export.proof.examples import generate
from keras_distill.predictors.tflite_file import TFLiteFile


def convert(
    saved_model, file, recipe, calibration_data, samples, outputs,
    io_type="float32", pixels=(), scopes=(), metadata=None,
):  # fmt: skip
    """Converts, then predicts `samples` with the result.

    Args:
        saved_model: Folder to convert.
        file: The `.tflite` file to write.
        recipe: `"float32"`, `"float16"`, `"dynamic_range"`, `"int8"` or `"int16x8"`.
        calibration_data: `.npz` file of {input: examples}, or None.
        samples: `.npz` file; generated and written there if it does not exist.
        outputs: `.npz` file to write the predictions to.
        io_type: `"float32"`, `"int8"` or `"uint8"`: what an int8 file takes and gives in place of
            floats. Whole numbers that a model looks up stay what they are in every file.
        pixels: Names of inputs that take whole numbers from 0 to 255.
        scopes: Name scopes of operators that an int8 file keeps in float.
        metadata: Arguments of `embed`; None: the file gets none.

    Returns:
        `{"not_found": scopes without an operator}`; or `{"refused": reason}` if the converter
        will not convert this model, or `{"disk": reason}` if its file cannot be written.
    """
    import tensorflow as tf
    from tensorflow.lite.python.convert_phase import ConverterError

    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    CONVERTERS[recipe](converter)
    dtype = tf.as_dtype(io_type)
    converter.inference_input_type = converter.inference_output_type = dtype
    if calibration_data is not None:
        converter.representative_dataset = _one_by_one(calibration_data)
    not_found = []
    try:
        if scopes:
            content, not_found = quantize_but(converter, scopes, dtype)
        else:
            content = converter.convert()
    except ConverterError as error:
        return {"refused": str(error)}
    if metadata is not None:
        # Before the first run: what is compared are the bytes that are handed over.
        content = embed(content, **metadata)
    try:
        pathlib.Path(file).write_bytes(content)
    except OSError as error:
        return {"disk": str(error)}
    ran = TFLiteFile(file)
    if not pathlib.Path(samples).exists():
        np.savez(samples, **_generated(ran, pixels))
    np.savez(outputs, **ran.predict(dict(np.load(samples, allow_pickle=False))))
    return {"not_found": not_found}


def _one_by_one(path):
    examples = dict(np.load(path, allow_pickle=False))
    count = len(next(iter(examples.values())))
    return lambda: (
        {name: values[i : i + 1] for name, values in examples.items()} for i in range(count)
    )


def _generated(file, pixels):
    """{input: examples} within what the file's inputs can hold."""
    made = {}
    for seed, (name, tensor) in enumerate(file.inputs.items()):
        values = generate(file.input_shapes[name], *_range(tensor, name in pixels), seed=seed)
        whole = name in pixels or (tensor["dtype"] != np.float32 and not tensor["quantization"][0])
        made[name] = np.rint(values) if whole else values
    return made


def _range(tensor, pixels=False):
    """The values that an input can hold: [0, 1] unless the file says otherwise."""
    if pixels:
        return 0.0, 255.0
    scale, zero_point = tensor["quantization"]
    if not scale:
        return 0.0, 1.0
    limits = np.iinfo(tensor["dtype"])
    return (limits.min - zero_point) * scale, (limits.max - zero_point) * scale


if __name__ == "__main__":
    answer = convert(**json.load(sys.stdin))
    pathlib.Path(sys.argv[2]).write_text(json.dumps(answer), encoding="utf-8")
