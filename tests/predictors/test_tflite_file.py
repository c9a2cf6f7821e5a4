"""The interpreter against NumPy, and quantization against numbers worked by hand."""

import re
import time

import numpy as np
import pytest

from keras_distill.predictors.tflite_file import TFLiteFile, dequantize, quantize

INT8 = {"dtype": np.int8, "quantization": (0.5, -3)}
UINT8 = {"dtype": np.uint8, "quantization": (1 / 255, 0)}


def test_quantize_by_hand():
    # 0.25 / 0.5 is a tie, as is -0.25 / 0.5: halves go away from zero, then -3.
    values = np.array([0.0, 0.24, 0.25, -0.25, 1.0, 1000.0, -1000.0], "float32")
    np.testing.assert_array_equal(quantize(values, INT8), [-3, -3, -2, -4, -1, 127, -128])
    assert quantize(values, INT8).dtype == np.int8


def test_every_byte_survives_uint8():
    pixels = np.arange(256)
    np.testing.assert_array_equal(quantize((pixels / 255).astype("float32"), UINT8), pixels)


def test_just_below_a_half_goes_down():
    just_below = {"dtype": np.int8, "quantization": (1.0, 0)}
    assert quantize(np.float32([0.49999997]), just_below) == 0


def test_dequantize_by_hand():
    raw = np.array([-128, -3, 127], "int8")
    np.testing.assert_array_equal(dequantize(raw, INT8), np.float32([-62.5, 0, 65.0]))


def test_float_file_equals_numpy(float_file, weights, images):
    file = TFLiteFile(float_file)
    expected = images.reshape(300, 64) @ weights
    np.testing.assert_allclose(file.predict(images), expected, atol=1e-5)
    # Another batch size afterwards, and one image alone.
    np.testing.assert_allclose(file.predict(images[:1]), expected[:1], atol=1e-5)
    assert file.input_shape == (8, 8, 1)
    assert file.outputs == "unknown"


def test_fixed_batch_is_filled_up_and_cut(fixed_batch_file, weights, images):
    outputs = TFLiteFile(fixed_batch_file).predict(images[:10])
    np.testing.assert_allclose(outputs, images[:10].reshape(10, 64) @ weights, atol=1e-5)


def test_int8_file_equals_integer_arithmetic(int8_file, weights, images):
    file = TFLiteFile(int8_file)
    assert file.input["dtype"] == np.int8
    # 1/255 and 0.01 are the scales that the ranges in conftest give.
    pixels = np.floor(images.reshape(300, 64).astype("float64") * 255 + 0.5)
    kernel = np.floor(weights / 0.01 + 0.5)
    exact = pixels @ kernel / 255 * 0.01
    scale = 16 / 255
    outputs = file.predict(images)
    np.testing.assert_allclose(outputs, exact, atol=0.51 * scale)
    steps = outputs / np.float32(scale)
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-4)


def test_two_thousand_images_in_well_under_a_second(int8_file):
    file = TFLiteFile(int8_file)
    images = np.zeros((2000, 8, 8, 1), "float32")
    file.predict(images)
    before = time.process_time()
    file.predict(images)
    assert time.process_time() - before < 0.5


def test_several_inputs_and_outputs_by_the_names_of_the_signature(tmp_path):
    import tensorflow as tf

    class Module(tf.Module):
        @tf.function(
            input_signature=[tf.TensorSpec((1, 2), name="z"), tf.TensorSpec((1, 2), name="a")]
        )
        def serve(self, z, a):
            return {"difference": z - a, "equal": tf.cast(z == a, tf.int32)}

    module = Module()
    tf.saved_model.save(module, str(tmp_path / "m"), signatures=module.serve)
    path = tmp_path / "x.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "m")).convert())
    file = TFLiteFile(path)
    z, a = np.arange(6.0).reshape(3, 2), np.full((3, 2), 3.0)
    outputs = file.predict({"a": a, "z": z})
    np.testing.assert_array_equal(outputs["difference"], z - a)
    np.testing.assert_array_equal(outputs["equal"], z == a)
    assert outputs["equal"].dtype == np.int32
    assert file.input_shapes == {"z": (2,), "a": (2,)}


def test_manifest_beside_the_file_says_what_the_outputs_are(float_file, tmp_path):
    path = tmp_path / "small.tflite"
    path.write_bytes(float_file.read_bytes())
    (tmp_path / "small.tflite.manifest.json").write_text('{"outputs": "logits"}')
    assert TFLiteFile(path).outputs == "logits"


@pytest.mark.parametrize("damage", ["half", "empty", "text"])
def test_damaged_file(float_file, tmp_path, damage):
    content = float_file.read_bytes()
    path = tmp_path / "damaged.tflite"
    path.write_bytes(
        {"half": content[: len(content) // 2], "empty": b"", "text": b"x" * 500}[damage]
    )
    reason = {
        "half": "The model is not a valid Flatbuffer buffer",
        "empty": "mmap of size 0 requested.The model allocation is null/empty",
        "text": "The model is not a valid Flatbuffer buffer",
    }[damage]
    message = (
        f"Could not read '{path}' as a .tflite model; the file is damaged or of another kind: "
        f"{reason} Copy or export it again."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        TFLiteFile(path)


def test_missing_file(tmp_path):
    message = f"There is no .tflite file at '{tmp_path / 'x.tflite'}': check the path."
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        TFLiteFile(tmp_path / "x.tflite")
