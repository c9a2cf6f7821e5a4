"""The child process: a SavedModel becomes a .tflite file, and runs once.

Run as `python -m keras_distill.export.conversion.convert - ANSWER` by
`keras_distill.files.run_child`: the converter leaks memory and can crash, and so can the
interpreter on what it made.
"""

import json
import pathlib
import sys

import numpy as np

from keras_distill.export.proof.examples import generate
from keras_distill.predictors.tflite_file import TFLiteFile


def convert(saved_model, file, recipe, calibration_data, samples, outputs, input_dtype="float32"):
    """Converts, then predicts `samples` with the result.

    Args:
        saved_model: Folder to convert.
        file: The `.tflite` file to write.
        recipe: `"float32"` or `"int8"`.
        calibration_data: `.npy` file, or None.
        samples: `.npy` file; generated and written there if it does not exist.
        outputs: `.npy` file to write the predictions to.
        input_dtype: dtype of the model's input. One that is no float holds indices, as of
            words, and stays what it is in every file.

    Returns:
        `{}`; or `{"refused": reason}` if the converter will not convert this model, or
        `{"disk": reason}` if its file cannot be written.
    """
    import tensorflow as tf
    from tensorflow.lite.python.convert_phase import ConverterError

    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    # No select-TF operators: the interpreter on a phone does not have them.
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    indices = np.dtype(input_dtype).kind in "iu"
    if recipe == "int8":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if not indices:
            converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
    if calibration_data is not None:
        examples = np.load(calibration_data).astype(input_dtype)
        converter.representative_dataset = lambda: ([example[None]] for example in examples)
    try:
        content = converter.convert()
    except ConverterError as error:
        return {"refused": str(error)}
    try:
        pathlib.Path(file).write_bytes(content)
    except OSError as error:
        return {"disk": str(error)}
    ran = TFLiteFile(file)
    if not pathlib.Path(samples).exists():
        made = generate(ran.input_shape, *_range(ran.input))
        np.save(samples, np.rint(made) if indices else made)
    np.save(outputs, ran.predict(np.load(samples)))
    return {}


def _range(tensor):
    """The values that an input can hold: [0, 1] unless the file says otherwise."""
    scale, zero_point = tensor["quantization"]
    if not scale:
        return 0.0, 1.0
    limits = np.iinfo(tensor["dtype"])
    return (limits.min - zero_point) * scale, (limits.max - zero_point) * scale


if __name__ == "__main__":
    answer = convert(**json.load(sys.stdin))
    pathlib.Path(sys.argv[2]).write_text(json.dumps(answer), encoding="utf-8")
