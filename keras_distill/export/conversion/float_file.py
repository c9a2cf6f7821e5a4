"""The float32 file that a quantized one is measured against."""

from keras_distill.export.conversion.run_converter import run_converter
from keras_distill.export.conversion.without_fake_quantization import without_fake_quantization
from keras_distill.export.serving.trace import write_saved_model


def float_file(model, ends, folder, batch, samples, timeout):
    """Converts a model to float32 as a quantized file of it was converted, in a child process.

    Args:
        model: The `keras.Model`; fake quantization in it lets values through.
        ends: Its `ModelEnds`, every axis fixed.
        folder: Where to work; a `pathlib.Path`.
        batch: Number of examples that it takes at once; None for any.
        samples: {input: examples}, that the file is run on once.
        timeout: Seconds that the child may take.

    Returns:
        Path of the file.

    Raises:
        RuntimeError: If the converter refuses the model.
    """
    write_saved_model(model, ends, folder / "saved_model", batch=batch)
    without_fake_quantization(folder / "saved_model")
    file, _, _ = run_converter(model, folder, "float32", None, samples, timeout)
    return file
