"""The float32 file that a quantized one is measured against."""

import pathlib

import numpy as np

from keras_distill.export.conversion.without_fake_quantization import without_fake_quantization
from keras_distill.export.serving.trace import write_saved_model
from keras_distill.files import run_child


def float_file(model, folder, samples, timeout):
    """Converts a model to float32 as a quantized file of it was converted, in a child process.

    Args:
        model: The `keras.Model`; fake quantization in it lets values through.
        folder: Where to work.
        samples: Float32 examples, that the file is run on once.
        timeout: Seconds that the child may take.

    Returns:
        Path of the file.

    Raises:
        RuntimeError: If the converter refuses the model.
    """
    folder = pathlib.Path(folder)
    write_saved_model(model, folder / "float_model")
    without_fake_quantization(folder / "float_model")
    names = {"file": "float.tflite", "samples": "float_in.npy", "outputs": "float_out.npy"}
    arguments = {key: str(folder / name) for key, name in names.items()}
    np.save(arguments["samples"], samples)
    arguments |= {"saved_model": str(folder / "float_model"), "recipe": "float32"}
    arguments |= {"calibration_data": None, "input_dtype": model.inputs[0].dtype}
    answer = run_child("keras_distill.export.conversion.convert", arguments, timeout)
    if answer:
        raise RuntimeError(
            f"The converter refused the float model of {model.name!r}: "
            f"{next(iter(answer.values()))[-2000:]} Diagnose a model that a float32 file can hold."
        )
    return folder / "float.tflite"
