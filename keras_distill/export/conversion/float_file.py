"""The float32 file that a quantized one is measured against."""

from keras_distill.export.conversion.run_converter import run_converter
from keras_distill.export.conversion.without_fake_quantization import without_fake_quantization


def float_file(serving, folder, samples, timeout):
    """Converts a model to float32 as a quantized file of it was converted, in a child process.

    Args:
        serving: The `Serving` that the quantized file was made of. Fake quantization in its
            model lets values through.
        folder: Where to work; a `pathlib.Path`.
        samples: {input: examples}, that the file is run on once.
        timeout: Seconds that the child may take.

    Returns:
        Path of the file.

    Raises:
        RuntimeError: If the converter refuses the model.
    """
    serving.write(folder / "saved_model")
    without_fake_quantization(folder / "saved_model")
    file, _, _ = run_converter(
        serving, folder, "float32", timeout, calibration_data=None, samples=samples, scopes={},
        io_type="float32", metadata=None,
    )  # fmt: skip
    return file
