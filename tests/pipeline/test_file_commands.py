import keras
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
    described = invoke("describe", tmp_path / "m.tflite")
    assert described.exit_code == 0
    assert described.output.startswith("m.tflite: tflite, ")


def test_options_of_export(tmp_path):
    import json

    import numpy as np

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
