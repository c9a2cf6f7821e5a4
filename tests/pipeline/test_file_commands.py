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
