import json

import keras
import numpy as np
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_export_and_describe(tmp_path):
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    model.save(tmp_path / "m.keras")
    result = invoke("export", tmp_path / "m.keras", "--output", tmp_path / "m.tflite")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "m.tflite.manifest.json").exists()
    described = invoke("describe", tmp_path / "m.tflite", "--json", tmp_path / "m.json")
    assert described.exit_code == 0
    assert described.output.startswith("m.tflite: tflite, ")
    assert "XNNPACK, LiteRT's fast kernels: " in described.output
    assert json.loads((tmp_path / "m.json").read_text())["xnnpack"]["operators"]
    verified = invoke("verify", tmp_path / "m.tflite")
    assert verified.exit_code == 0
    lines = verified.output.splitlines()
    assert lines[0].startswith(f"{tmp_path / 'm.tflite'}: as it was made: ")
    assert (
        lines[1]
        == "8 golden examples give their outputs; largest difference 0% of what is tolerated"
    )
    with (tmp_path / "m.tflite").open("ab") as file:
        file.write(b" ")
    verified = invoke("verify", tmp_path / "m.tflite")
    assert verified.exit_code == 1
    assert f"'{tmp_path / 'm.tflite'}' is not as it was made:\n- It has " in verified.output
    (tmp_path / "m.tflite.golden.json").unlink()
    assert invoke("verify", tmp_path / "m.tflite").exit_code == 2


def test_options_of_export(tmp_path):
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    model.save(tmp_path / "m.keras")
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    result = invoke(
        "export", tmp_path / "m.keras", "--output", tmp_path / "m.tflite", "--recipe", "float16",
        "--preprocess", "0.0078431373,-1", "--outputs", "probabilities", "--batch", "dynamic",
        "--labels", tmp_path / "labels.txt", "--licence", "MIT", "--version", "2",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    page = json.loads((tmp_path / "m.tflite.manifest.json").read_text())
    (given,), (made,) = page["signature"]["inputs"], page["signature"]["outputs"]
    assert (given["dtype"], given["shape"]) == ("uint8", [-1, 8, 8, 1])
    assert made["kind"] == "probabilities"
    assert (page["recipe"], page["licence"], page["version"]) == ("float16", "MIT", "2")
    assert page["labels"] == ["a", "b", "c"]
    file = invoke("export", tmp_path / "m.keras", "--output", tmp_path / "s", "--image-bytes",
                  "--preprocess", "include")  # fmt: skip
    assert file.exit_code == 0, file.output
    assert np.isfinite(json.loads((tmp_path / "s" / "manifest.json").read_text())["bytes"])


def test_preprocessing_that_cannot_be_read(tmp_path):
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save(tmp_path / "m.keras")
    output = tmp_path / "m.tflite"
    result = invoke("export", tmp_path / "m.keras", "--output", output, "--preprocess", "imagenet")
    assert result.exit_code == 2
    assert "Received --preprocess 'imagenet'. Expected 'include'" in result.output
