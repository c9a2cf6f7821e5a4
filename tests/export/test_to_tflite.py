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
from keras_distill.export.contents.read_metadata import read_metadata
from keras_distill.export.contents.tflite_contents import read
from keras_distill.predictors import load
from keras_distill.predictors.tflite_file import dequantize, quantize


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


def test_operator_that_would_need_flex_is_named(tmp_path, in_a_child):
    inputs = keras.Input((16,))
    inner = keras.Sequential(
        [
            keras.Input((16,)),
            keras.layers.Lambda(lambda x: keras.ops.erfinv(x / 2), name="inverse"),
        ],
        name="inner",
    )
    refused(
        RuntimeError,
        "The model 'odd' uses Erfinv (in 'inner/inverse'), which LiteRT's stock interpreter does "
        "not have. Replace the layers that make these operators; no file was written.",
        keras.Model(inputs, inner(inputs), name="odd"), tmp_path / "x.tflite",
    )  # fmt: skip
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


def two_in_two_out():
    small, picture = keras.Input((6,), name="small"), keras.Input((8, 8, 1), name="picture")
    x = keras.layers.Flatten()(keras.layers.Conv2D(4, 3, activation="relu")(picture))
    x = keras.layers.Concatenate()([small, x])
    made = {
        "kind": keras.layers.Dense(3, activation="softmax")(x),
        "age": keras.layers.Dense(1)(x),
    }
    model = keras.Model({"small": small, "picture": picture}, made, name="two")
    rng = np.random.default_rng(1)
    data = {
        "small": rng.normal(size=(80, 6)).astype("float32"),
        "picture": rng.uniform(size=(80, 8, 8, 1)).astype("float32"),
    }
    return model, data


@pytest.mark.parametrize("recipe", ["float32", "float16", "dynamic_range", "int8", "int16x8"])
def test_several_inputs_and_outputs_in_every_recipe(recipe, tmp_path):
    from ai_edge_litert.interpreter import Interpreter

    model, data = two_in_two_out()
    given = {"calibration_data": data} if recipe.startswith("int") else {"samples": data}
    artefact = to_tflite(model, tmp_path / "x.tflite", recipe, **given)
    assert set(artefact.parity.outputs) == {"kind", "age"}
    assert artefact.parity.agreement == min(p.agreement for p in artefact.parity.outputs.values())
    interpreter = Interpreter(model_path=str(artefact.path))
    runner = interpreter.get_signature_runner("serving_default")
    dtype = "int8" if recipe == "int8" else "float32"
    details = {**runner.get_input_details(), **runner.get_output_details()}
    shapes = {"small": [1, 6], "picture": [1, 8, 8, 1], "kind": [1, 3], "age": [1, 1]}
    assert {name: list(detail["shape"]) for name, detail in details.items()} == shapes
    assert {np.dtype(detail["dtype"]).name for detail in details.values()} == {dtype}
    # One example by the signature, against the model itself.
    fed = {
        name: quantize(values[:1], details[name]) for name, values in data.items()
    }  # fmt: skip
    expected = model({name: values[:1] for name, values in data.items()}, training=False)
    for name, raw in runner(**fed).items():
        np.testing.assert_allclose(dequantize(raw, details[name]), expected[name], atol=0.05)


@pytest.mark.parametrize("recipe", ["float32", "int8"])
def test_any_number_of_examples_at_once(recipe, plain, pictures, tmp_path):
    given = {"calibration_data": pictures[:100]} if recipe == "int8" else {}
    artefact = to_tflite(plain, tmp_path / "x.tflite", recipe, batch="dynamic", **given)
    assert artefact.manifest["signature"]["inputs"][0]["shape"] == [-1, 12, 12, 1]
    ours = load(artefact).predict(pictures)
    np.testing.assert_allclose(ours, load(plain).predict(pictures), atol=0.05)
    refused(
        ValueError, "Received batch=4. Expected 1 or 'dynamic'.",
        plain, tmp_path / "x.tflite", batch=4,
    )  # fmt: skip


@pytest.mark.parametrize("kind, dtype", [(None, "int8"), ("uint8", "uint8"), ("float32",) * 2])
def test_types_of_an_int8_files_ends(kind, dtype, plain, pictures, tmp_path):
    artefact = to_tflite(
        plain, tmp_path / "x.tflite", "int8", calibration_data=pictures[:100], input=kind
    )
    signature = artefact.manifest["signature"]
    assert [end["dtype"] for end in signature["inputs"] + signature["outputs"]] == [dtype] * 2
    np.testing.assert_allclose(
        load(artefact).predict(pictures), load(plain).predict(pictures), atol=0.05
    )


PIXELS = np.random.default_rng(2).integers(0, 256, (120, 12, 12, 1))
# Bright and dark ones, so that the untrained model chooses.
PIXELS = np.rint(PIXELS * np.linspace(0.1, 1, 120)[:, None, None, None]).astype("float32")
LAYERS = {
    "include": (lambda: "include", lambda x: x / 255),
    "to one": (lambda: keras.layers.Rescaling(1 / 127.5, offset=-1), lambda x: x / 127.5 - 1),
    "normalized": (
        lambda: keras.layers.Normalization(mean=[100.0], variance=[3600.0]),
        lambda x: (x - 100) / 60,
    ),
}


def raw_outputs(artefact, pixels):
    """What the bytes as they are give: no scale, no zero point."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(artefact.path))
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    assert source["dtype"] == np.uint8
    made = []
    for image in pixels.astype("uint8"):
        interpreter.set_tensor(source["index"], image[None])
        interpreter.invoke()
        made.append(dequantize(interpreter.get_tensor(target["index"]), target)[0])
    return np.array(made), source["quantization"]


@pytest.mark.parametrize("how", LAYERS)
@pytest.mark.parametrize("recipe", ["float32", "int8", "int16x8"])
def test_raw_pixels_give_what_keras_gives(recipe, how, plain, tmp_path):
    layer, by_hand = LAYERS[how]
    given = {} if recipe == "float32" else {"calibration_data": PIXELS[::2]}
    artefact = to_tflite(
        plain, tmp_path / "x.tflite", recipe, preprocess=layer(), samples=PIXELS, **given
    )
    received, quantization = raw_outputs(artefact, PIXELS)
    expected = plain(by_hand(PIXELS), training=False).numpy()
    np.testing.assert_allclose(received, expected, atol=1e-5 if recipe == "float32" else 0.06)
    if recipe != "int8":
        return
    assert quantization == (1.0, 0)
    contents = read(artefact.path)
    first = [operator.name for operator in contents.operators].index("CONV_2D")
    assert [
        operator.name
        for operator in contents.operators[:first]
        if contents.tensors[operator.outputs[0]].dtype.startswith("float")
    ] == []


def test_raw_pixels_with_ranges_from_training(quantized, pictures, tmp_path):
    pixels = np.rint(255 * pictures)
    artefact = to_tflite(
        quantized, tmp_path / "x.tflite", "int8", preprocess="include", samples=pixels
    )
    received, quantization = raw_outputs(artefact, pixels)
    assert quantization == (1.0, 0)
    expected = quantized(pixels / 255, training=False).numpy()
    np.testing.assert_allclose(received, expected, atol=2 * 4 / 255 * 1.01)
    assert np.mean(np.abs(received - expected) < 1e-5) > 0.7
    assert artefact.manifest["preprocess"] == "pixels / 255"
    # As a predictor it is fed like every other model.
    np.testing.assert_allclose(load(artefact).predict(pixels / 255), received, atol=1e-6)
    assert artefact.manifest["float_operators"] == 0


def test_pixels_must_be_pixels(plain, pictures, tmp_path):
    refused(
        ValueError,
        "`calibration_data` has values from 0 to 0.999994, but the file takes raw pixels: whole "
        "numbers from 0 to 255. Give the images as they are before any preprocessing (of images "
        "in [0, 1]: `np.rint(255 * images)`).",
        plain, tmp_path / "x.tflite", "int8", preprocess="include",
        calibration_data=np.linspace(0, 0.999994, 4 * 144).reshape(4, 12, 12, 1),
    )  # fmt: skip


def test_bytes_into_a_float_file(plain, tmp_path):
    artefact = to_tflite(plain, tmp_path / "x.tflite", "float16", input="uint8", samples=PIXELS)
    received, _ = raw_outputs(artefact, PIXELS)
    np.testing.assert_allclose(received, plain(PIXELS, training=False), atol=0.05)


@pytest.mark.parametrize("kind", [None, "uint8", "float32"])
def test_layers_that_stay_float(kind, pictures, tmp_path):
    inputs = keras.Input((12, 12, 1))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="first")(inputs)
    inner = keras.Sequential(
        [keras.Input((10, 10, 4)), keras.layers.Conv2D(4, 3, name="deep"), keras.layers.ReLU()],
        name="inner",
    )
    x = keras.layers.GlobalAveragePooling2D()(inner(x))
    model = keras.Model(inputs, keras.layers.Dense(3, name="head")(x), name="mixed")
    artefact = to_tflite(
        model, tmp_path / "x.tflite", "int8", calibration_data=pictures[:50], input=kind,
        keep_float=["inner/deep", "head"], minimum_agreement=0.8,
    )  # fmt: skip
    contents = read(artefact.path)
    kinds = [
        (operator.name, contents.tensors[operator.inputs[1]].dtype)
        for operator in contents.operators
        if operator.name in ("CONV_2D", "FULLY_CONNECTED")
    ]
    assert kinds == [("CONV_2D", "int8"), ("CONV_2D", "float32"), ("FULLY_CONNECTED", "float32")]
    assert artefact.manifest["keep_float"] == ["inner/deep", "head"]
    assert artefact.manifest["signature"]["inputs"][0]["dtype"] == (kind or "int8")


def test_output_forms_of_int8_files(plain, quantized, pictures, tmp_path):
    logits = to_tflite(
        plain, tmp_path / "l.tflite", "int8", calibration_data=pictures[:100], output="logits"
    )
    operators = [operator.name for operator in read(logits.path).operators]
    assert "SOFTMAX" not in operators and "LOG" not in operators
    made = np.asarray(keras.ops.softmax(load(logits).predict(pictures)))
    np.testing.assert_allclose(made, load(plain).predict(pictures), atol=0.05)
    assert logits.manifest["outputs"] == "logits"
    sure = to_tflite(
        quantized, tmp_path / "p.tflite", "int8", samples=pictures, output="probabilities"
    )
    assert sure.manifest["signature"]["outputs"][0]["scale"] == pytest.approx(1 / 256)
    expected = np.asarray(keras.ops.softmax(load(quantized).predict(pictures)))
    np.testing.assert_allclose(load(sure).predict(pictures), expected, atol=0.02)


@pytest.mark.parametrize(
    "recipe, batch, loop",
    [
        ("float32", 1, True),
        pytest.param("float16", 1, True, marks=pytest.mark.slow),
        pytest.param("dynamic_range", 1, True, marks=pytest.mark.slow),
        pytest.param("float32", "dynamic", False, marks=pytest.mark.slow),
        ("int8", 1, False),
    ],
)
def test_recurrent_layers(recipe, batch, loop, tmp_path, in_a_child):
    # The converter's quantizer is not the same after other conversions in its process.
    inputs = keras.Input((5, 4))
    keras.utils.set_random_seed(0)
    x = keras.layers.Bidirectional(keras.layers.GRU(3, name="gru"), name="both")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    data = np.random.default_rng(0).normal(size=(60, 5, 4)).astype("float32")
    given = {"calibration_data": data} if recipe == "int8" else {"samples": data}
    artefact = to_tflite(
        model, tmp_path / "x.tflite", recipe, batch=batch, minimum_agreement=0.8, **given
    )
    operators = [operator.name for operator in read(artefact.path).operators]
    assert ("WHILE" in operators) == loop
    unrolled = [] if loop else ["both/forward_gru", "both/backward_gru"]
    assert artefact.manifest["unrolled"] == unrolled
    np.testing.assert_allclose(
        load(artefact).predict(data),
        load(model).predict(data),
        atol=0.1 if recipe != "float32" else 1e-5,
    )


def test_labels_licence_and_version_are_in_the_file(plain, tmp_path):
    labels = ["shirt", "shoe", "bag", "coat"]
    artefact = to_tflite(
        plain, tmp_path / "x.tflite", labels=labels, licence="Apache-2.0", version="1.4"
    )
    found = read_metadata(artefact.path)
    assert "shoe" in str(found)
    assert "Apache-2.0" in str(found)
    assert (artefact.manifest["licence"], artefact.manifest["version"]) == ("Apache-2.0", "1.4")


def test_data_sorted_by_class_are_noticed(plain, pictures, tmp_path):
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((pictures[:100], np.zeros(100))).batch(10)
    message = "`calibration_data`: of 4 classes the 100 examples taken show only 1 .0.. The ranges"
    with pytest.warns(UserWarning, match=f"^{message}"):
        to_tflite(plain, tmp_path / "x.tflite", "int8", calibration_data=data)


def test_open_axes_and_int8(tmp_path):
    inputs = keras.Input((None, None, 1))
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(inputs), name="any")
    refused(
        ValueError,
        "The model 'any' takes inputs of shape (None, None, None, 1); all but the first axis must "
        "be fixed, and the length of axis 1, 2 is not. Give it an input of the size that it will "
        "see: `inputs = keras.Input((224, 224, 3)); model = keras.Model(inputs, model(inputs))`; "
        "or give `samples` of that size.",
        model, tmp_path / "x.tflite", "int8", calibration_data=np.zeros((4, 8, 8, 1)),
    )  # fmt: skip


MEMORY = """
import gc, keras
from keras_distill.export import to_tflite

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

def once():
    inputs = keras.Input((32, 32, 3))
    x = inputs
    for filters in (16, 32, 64, 64):
        x = keras.layers.Conv2D(filters, 3, padding="same")(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    x = keras.layers.Dense(1000)(keras.layers.GlobalAveragePooling2D()(x))
    to_tflite(keras.Model(inputs, x), "x.tflite")

once()
before = resident()
for _ in range(30):
    once()
print(resident() - before)
"""


@pytest.mark.slow
def test_thirty_exports_grow_the_parent_by_less_than_50_megabytes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.splitlines()[-1]) < 50e6
