"""One sentence for every full disk."""

import tempfile

import pytest

from keras_distill.export.conversion.disk_errors import disk_errors


def test_tensorflow_and_python_say_the_same():
    import tensorflow as tf

    for error in (OSError("full."), tf.errors.ResourceExhaustedError(None, None, "full.")):
        with pytest.raises(OSError) as caught, disk_errors("x.tflite"):
            raise error
        assert str(caught.value) == (
            f"Could not write 'x.tflite': {error} No file was left. Free some space there and in "
            f"'{tempfile.gettempdir()}', or choose another path, and export again."
        )


def test_other_errors_pass():
    with pytest.raises(ValueError, match="^other$"), disk_errors("x"):
        raise ValueError("other")
