"""Conversions that hold, and those that are refused and leave nothing."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.predictors import load


def refused(error, message, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        to_tflite(*arguments, **options)


def test_int8_from_ranges_of_training(int8_artefact, quantized, pictures):
    assert int8_artefact.parity.source == "samples"
    assert int8_artefact.parity.agreement >= 0.99
    ours = load(int8_artefact).predict(pictures)
    theirs = load(quantized).predict(pictures)
    # A close call in an activation and one in the output: two steps of 4 / 255.
    np.testing.assert_allclose(ours, theirs, atol=2 * 4 / 255 * 1.01)
    assert np.mean(np.abs(ours - theirs) < 1e-5) > 0.7
    names = sorted(p.name for p in int8_artefact.path.parent.iterdir())
    assert names == ["tiny.tflite", "tiny.tflite.golden.json", "tiny.tflite.manifest.json"]


def test_float32(float_artefact, plain, pictures):
    assert float_artefact.parity.source == "generated"
    np.testing.assert_allclose(
        load(float_artefact).predict(pictures), load(plain).predict(pictures), atol=1e-5
    )
    assert load(float_artefact).outputs == "probabilities"


def test_int8_from_calibration(calibrated_artefact):
    assert calibrated_artefact.parity.source == "calibration_data"
    assert calibrated_artefact.manifest["ranges"] == "calibration"
    assert calibrated_artefact.manifest["calibration_examples"] == 100
    assert calibrated_artefact.manifest["float_operators"] == 0


def test_path_without_tflite(plain):
    refused(
        ValueError,
        "The path 'x.bin' does not end in .tflite. Name the file 'x.tflite'; for a SavedModel use "
        "to_saved_model.",
        plain,
        "x.bin",
    )


def test_recipe(plain):
    refused(
        ValueError,
        "Received recipe='int4'. Expected one of: float32, float16, dynamic_range, int8, "
        "int16x8.",
        plain, "x.tflite", "int4",
    )  # fmt: skip


def test_float_model_without_calibration(plain, tmp_path):
    refused(
        ValueError,
        "The model 'small' is a float model: an int8 file needs ranges, and it has none. Train it "
        "with fake quantization (keras_distill.compression.quantize_model), or give a few hundred "
        "training images as `calibration_data`.",
        plain, tmp_path / "x.tflite", "int8",
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_ranges_from_training_and_calibration(quantized, pictures, tmp_path):
    refused(
        ValueError,
        "The model 'tiny' carries ranges from training, but received `calibration_data` too, which "
        "would be ignored. Leave `calibration_data` out (give examples to compare on as "
        "`samples`).",
        quantized, tmp_path / "x.tflite", "int8", calibration_data=pictures,
    )  # fmt: skip


def test_fake_quantization_in_a_float_file(quantized, tmp_path):
    refused(
        ValueError,
        "The model 'tiny' carries fake quantization, which a float32 file cannot hold. Export it "
        'with recipe="int8", or export the model that it was made from.',
        quantized, tmp_path / "x.tflite",
    )  # fmt: skip


def test_calibration_data_of_another_shape(plain):
    refused(
        ValueError,
        "`calibration_data` has examples of shape (8, 8, 3), but the model takes (12, 12, 1). Give "
        "an array (n, …) or a tf.data.Dataset of batches, in the form that the model is fed.",
        plain, "x.tflite", "int8", calibration_data=np.zeros((4, 8, 8, 3)),
    )  # fmt: skip


def test_missing_folder_is_found_out_before_any_work(plain, tmp_path):
    began = time.monotonic()
    with pytest.raises(FileNotFoundError, match="does not exist. Create it first"):
        to_tflite(plain, tmp_path / "no" / "x.tflite")
    assert time.monotonic() - began < 1


def test_operators_left_in_float_are_named(tmp_path, pictures):
    # LiteRT has no int8 kernel for a floor.
    inputs = keras.Input((12, 12, 1))
    x = keras.layers.Flatten()(inputs)
    x = keras.ops.floor(keras.layers.Dense(4, name="before")(x) * 8)
    model = keras.Model(inputs, keras.layers.Dense(3, name="after")(x), name="mixed")
    with pytest.raises(RuntimeError) as caught:
        to_tflite(model, tmp_path / "x.tflite", "int8", calibration_data=pictures[:20])
    text = str(caught.value)
    assert text.startswith("The int8 file of 'mixed' would keep ")
    assert "FLOOR (mixed" in text
    assert text.endswith("replace them, or pass allow_float=True; no file was written.")
    assert list(tmp_path.iterdir()) == []


def test_operator_that_would_need_flex_is_named(tmp_path):
    inputs = keras.Input((16,))
    model = keras.Model(inputs, keras.ops.erfinv(inputs / 2), name="odd")
    with pytest.raises(RuntimeError) as caught:
        to_tflite(model, tmp_path / "x.tflite")
    assert re.fullmatch(
        r"The model 'odd' uses Erfinv( \(in .*\))?, which LiteRT's stock interpreter does not "
        r"have\. Replace the layers that make these operators; no file was written\.",
        str(caught.value),
    )
    assert list(tmp_path.iterdir()) == []


SCRIPT = """
import sys
import keras, resource
from keras_distill.export import to_tflite
model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(3000), keras.layers.Dense(3)])
print("ready", flush=True)
if sys.argv[1] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
to_tflite(model, "x.tflite")
"""


def start(mode, folder):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, mode], cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_full_disk_leaves_nothing(tmp_path):
    process = start("full", tmp_path)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 1
    last = [line for line in stderr.splitlines() if line.startswith("OSError: ")][-1]
    assert last.startswith("OSError: Could not write 'x.tflite': ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.3, 1.5, 3.0])
def test_kill_9_leaves_nothing_and_keeps_the_older_file(tmp_path, delay):
    (tmp_path / "x.tflite").write_text("older")
    process = start("kill", tmp_path)
    assert process.stdout.readline() == "ready\n"
    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert [p.name for p in pathlib.Path(tmp_path).iterdir()] == ["x.tflite"]
    assert (tmp_path / "x.tflite").read_text() == "older"


def test_indices_stay_whole_numbers_in_an_int8_file(tmp_path):
    words = keras.Input((6,), dtype="int32", name="words")
    x = keras.layers.Embedding(9, 4, name="table")(words)
    x = keras.layers.GlobalAveragePooling1D()(x)
    model = keras.Model(words, keras.layers.Dense(3)(x))
    ids = np.random.default_rng(0).integers(0, 9, (64, 6))
    artefact = to_tflite(
        model, tmp_path / "m.tflite", recipe="int8", calibration_data=ids, allow_float=True
    )
    assert artefact.manifest["signature"]["inputs"][0]["dtype"] == "int32"
    assert artefact.manifest["signature"]["outputs"][0]["dtype"] == "int8"
    assert artefact.parity.agreement >= 0.95
