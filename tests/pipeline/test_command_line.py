"""The commands' help, and that bad input is one sentence with exit code 2."""

import sys

import keras
import pytest
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize(
    "command", ["demo", "init", "check", "run", "evaluate", "report", "export", "describe"]
)
def test_help_teaches_with_an_example(command):
    result = invoke(command, "--help")
    assert result.exit_code == 0
    assert f"keras-distill {command}" in result.output


def test_the_first_page_shows_the_way():
    result = invoke("--help")
    for command in ("demo", "init --teacher", "check CONFIG.yaml", "run CONFIG.yaml"):
        assert f"keras-distill {command}" in result.output


def test_a_bad_configuration_is_one_sentence(tmp_path):
    (tmp_path / "c.yaml").write_text("pruning: {sparsity: 1.0}\n")
    result = invoke("run", tmp_path / "c.yaml")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: c.yaml, line 1: `pruning.sparsity` must be a number above 0 and below 1. "
        "Received: 1.0.\n"
    )
    assert [p.name for p in tmp_path.iterdir()] == ["c.yaml"]


def test_a_folder_without_a_report(tmp_path):
    result = invoke("report", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: Expected a folder with a report.json. Received: '{tmp_path}', which has none. "
        "`keras-distill run` and `evaluate` write one.\n"
    )


def test_evaluate_does_not_write_into_a_strangers_folder(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    result = invoke("evaluate", tmp_path / "m.keras", "--output", tmp_path / "letters")
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: The folder '{tmp_path / 'letters'}' holds something that is no report. Give an "
        "empty or a new folder with --output.\n"
    )


def test_a_damaged_tflite_given_to_evaluate(tmp_path):
    (tmp_path / "x.tflite").write_bytes(b"no flatbuffer at all")
    result = invoke("evaluate", tmp_path / "x.tflite", "--output", tmp_path / "report")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ") and "x.tflite" in result.stderr
    assert not (tmp_path / "report").exists()


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


def test_an_interrupt_says_how_to_go_on(tmp_path, monkeypatch):
    def interrupted(path):
        raise KeyboardInterrupt

    # The package's attribute of this name is the function, not its module.
    module = sys.modules["keras_distill.pipeline.load_configuration"]
    monkeypatch.setattr(module, "load_configuration", interrupted)
    result = invoke("run", tmp_path / "c.yaml")
    assert result.exit_code == 130
    assert result.stderr == (
        "\nInterrupted. Finished stages are kept: the same command goes on from there.\n"
    )
