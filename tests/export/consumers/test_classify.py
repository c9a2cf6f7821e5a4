"""export/python/classify.py runs where neither TensorFlow nor Keras can be imported."""

import json
import pathlib
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

SCRIPT = pathlib.Path(__file__).resolve().parents[3] / "export" / "python" / "classify.py"
LABELS = ["shirt", "shoe", "bag", "coat"]
ALONE = """
import runpy, sys
for name in ("tensorflow", "keras", "tf_keras", "keras_distill", "tflite_support"):
    sys.modules[name] = None  # its import fails
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(*arguments):
    # -I: neither the current folder nor PYTHONPATH helps.
    command = [sys.executable, "-I", "-c", ALONE, str(SCRIPT), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    # LiteRT itself says which delegate it uses.
    said = [line for line in done.stderr.splitlines(True) if not line.startswith("INFO: ")]
    return done.returncode, done.stdout, "".join(said)


@pytest.fixture
def picture(tmp_path):
    """A grey picture of the models' own size, and its pixels."""
    pixels = np.random.default_rng(8).integers(0, 256, (12, 12)).astype("uint8")
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    return tmp_path / "picture.png", pixels


@pytest.fixture
def copied(tmp_path):
    """An artefact's three files in a folder that the test may change."""

    def copy(artefact):
        for end in ("", ".manifest.json", ".golden.json"):
            shutil.copy(f"{artefact.path}{end}", tmp_path)
        return tmp_path / artefact.path.name

    return copy


def raw_outputs(path, raw):
    """What LiteRT gives for one input of the file's own numbers, dequantized by hand."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(source["index"], raw.astype(source["dtype"]).reshape(source["shape"]))
    interpreter.invoke()
    scale, zero_point = target["quantization"]
    outputs = interpreter.get_tensor(target["index"])[0].astype("float64")
    return (outputs - zero_point) * scale if scale else outputs


def lines(scores, names=LABELS, top=3):
    order = sorted(range(len(scores)), key=lambda i: -scores[i])[:top]
    return "".join(f"{scores[i]:.4f}  {names[i]}\n" for i in order)


def test_int8_logits_become_probabilities_with_names(int8_artefact, picture):
    path, pixels = picture
    # Scale 1/255 and zero point -128: a pixel's byte minus 128.
    logits = raw_outputs(int8_artefact.path, pixels.astype("int32") - 128)
    expected = lines(np.exp(logits) / np.exp(logits).sum())
    assert run(int8_artefact.path, path, "--mean", 0, "--std", 255) == (0, expected, "")


def test_float_file_and_threads(float_artefact, picture):
    path, pixels = picture
    scores = raw_outputs(float_artefact.path, pixels.astype("float32") / np.float32(255))
    names = [f"class {i}" for i in range(4)]
    given = (float_artefact.path, path, "--mean", 0, "--std", 255, "--top", 4, "--threads", 2)
    assert run(*given) == (0, lines(scores, names, 4), "")


def test_picture_of_another_size_and_in_colour(float_artefact, tmp_path):
    Image.new("RGB", (50, 31), (200, 200, 200)).save(tmp_path / "grey.png")
    scores = raw_outputs(float_artefact.path, np.full((12, 12), np.float32(200) / np.float32(255)))
    names = [f"class {i}" for i in range(4)]
    given = (float_artefact.path, tmp_path / "grey.png", "--mean", 0, "--std", 255)
    assert run(*given) == (0, lines(scores, names), "")


def test_labels_in_the_file_come_before_the_manifests(int8_artefact, picture, copied):
    path = copied(int8_artefact)
    assert zipfile.ZipFile(path).read("labels.txt").decode().splitlines() == LABELS
    manifest = path.with_name(f"{path.name}.manifest.json")
    page = json.loads(manifest.read_text(encoding="utf-8"))
    page["labels"] = [f"{name} (manifest)" for name in LABELS]
    manifest.write_text(json.dumps(page), encoding="utf-8")
    code, printed, _ = run(path, picture[0], "--mean", 0, "--std", 255, "--top", 4)
    assert code == 0
    assert sorted(line[8:] for line in printed.splitlines()) == sorted(LABELS)


def test_bytes_go_in_as_they_are(picture, tmp_path):
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((1, 12, 12, 1), tf.uint8)])
    def quarters(image):
        return tf.reduce_mean(tf.cast(image, tf.float32)[:, :6], (1, 3))[:, :4] / 255

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [quarters.get_concrete_function()], tf.Module()
    )
    path = tmp_path / "bytes.tflite"
    path.write_bytes(converter.convert())
    scores = picture[1].astype("float64")[:6].mean(0)[:4] / 255
    names = [f"class {i}" for i in range(4)]
    assert run(path, picture[0], "--top", 4) == (0, lines(scores, names, 4), "")


def test_without_normalization_it_asks(float_artefact, picture):
    assert run(float_artefact.path, picture[0]) == (
        1,
        "",
        "The file takes float32 and does not say how pixels become its inputs. Give --mean and "
        "--std (0 and 255 for a model that was trained on [0, 1]), or export it with "
        'preprocess="include".\n',
    )


def test_normalization_of_the_metadata(float_artefact, picture, copied):
    from keras_distill.export.contents.metadata import embed

    path = copied(float_artefact)
    given = {
        "inputs": [{"name": "input", "content": "image", "mean": [100.0], "std": [50.0]}],
        "outputs": [{"name": "output"}],
    }
    path.write_bytes(embed(path.read_bytes(), name="small", labels=LABELS, **given))
    scores = raw_outputs(path, (picture[1] - np.float32(100)) / np.float32(50))
    assert run(path, picture[0]) == (0, lines(scores), "")
    other = run(path, picture[0], "--mean", 0, "--std", 255)
    assert other[0] == 0 and other[1] != lines(scores)


@pytest.mark.parametrize("which", ["int8_artefact", "float_artefact"])
def test_check_passes_on_the_file_and_fails_on_another_output(which, request, copied):
    path = copied(request.getfixturevalue(which))
    assert run(path, "--check") == (0, "8 golden examples, 0 outputs wrong\n", "")
    page_path = path.with_name(f"{path.name}.golden.json")
    page = json.loads(page_path.read_text())
    page["outputs"][0]["values"][5][2] += 3 * page["outputs"][0]["tolerance"]
    page_path.write_text(json.dumps(page))
    code, printed, _ = run(path, "--check")
    assert code == 1
    assert printed.startswith("Example 5: the output 'output' is off by ")
    assert printed.endswith("\n8 golden examples, 1 outputs wrong\n")


def test_check_without_golden_examples(float_artefact, tmp_path):
    shutil.copy(float_artefact.path, tmp_path / "alone.tflite")
    assert run(tmp_path / "alone.tflite", "--check") == (
        1,
        "",
        "There is no FILE.golden.json of format 2 beside the file.\n",
    )
