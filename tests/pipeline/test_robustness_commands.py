"""`evaluate`, `report` and `compare`: what they write, and their exit codes."""

import json

import keras
import pytest
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app
from keras_distill.robustness import Report, compare_runs


def invoke(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """Two small models, measured on 60 test images by the command itself."""
    folder = tmp_path_factory.mktemp("evaluated")
    for name, units in (("teacher", 8), ("student", 2)):
        keras.utils.set_random_seed(units)
        layers = [
            keras.Input((28, 28, 1)),
            keras.layers.AveragePooling2D(4),
            keras.layers.Flatten(),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(10),
        ]
        keras.Sequential(layers).save(folder / f"{name}.keras")
    result = invoke(
        "evaluate", folder / "teacher.keras", f"small={folder / 'student.keras'}",
        "--corruptions", "contrast,gaussian_noise", "--severities", "1,5", "--examples", 60,
        "--output", folder / "run", "--workers", 2,
    )  # fmt: skip
    return folder, result


def test_evaluate_measures_and_leaves_nothing_but_the_report(evaluated):
    folder, result = evaluated
    assert result.exit_code == 0, result.output
    assert f"Report: {folder / 'run' / 'report.html'}" in result.output
    report = Report.load(folder / "run" / "report.json")
    assert [row["model"] for row in report.rows()] == ["teacher", "small"]
    assert len(report.cells) == 2 * 5 and report.cells[0].n == 60
    document = report.document
    assert document["suite"]["corruptions"] == ["contrast", "gaussian_noise"]
    assert document["suite"]["severities"] == [1, 5]
    assert document["data"]["name"] == "fashion_mnist"
    assert document["data"]["temperature_from"] == "held-out data"
    assert not (folder / "run" / "cells").exists()


def test_report_judges_for_continuous_integration(evaluated):
    folder = evaluated[0] / "run"
    page = (folder / "report.html").read_bytes()
    passed = invoke("report", folder, "--fail-if", "small.clean_accuracy > 1")
    assert passed.exit_code == 0 and "passed: small.clean_accuracy is 0." in passed.output
    failed = invoke(
        "report", folder, "--fail-if", "small.clean_accuracy > 1", "--fail-if",
        "teacher.parameters > 100",
    )  # fmt: skip
    assert failed.exit_code == 1
    assert "FAILED: teacher.parameters is 490, > 100 is true." in failed.output
    assert (folder / "report.html").read_bytes() == page
    wrong = invoke("report", folder, "--fail-if", "small.accuracy > 1")
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("Error: A report has no number 'accuracy'. Did you mean: ")


def test_compare_merges_runs(evaluated):
    folder = evaluated[0] / "run"
    expected = compare_runs([Report.load(folder / "report.json")] * 2)
    result = invoke("compare", folder, folder)
    assert result.exit_code == 0 and result.output == expected.markdown() + "\n"
    result = invoke("compare", folder, folder, "--format", "latex", "--output", folder / "t.tex")
    assert result.exit_code == 0
    assert (folder / "t.tex").read_text(encoding="utf-8") == expected.latex() + "\n"
    result = invoke("compare", folder, "--against", "x")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: There is no model 'x' in these runs. Expected one of: teacher, small.\n"
    )


def test_other_settings_in_an_interrupted_folder(evaluated, tmp_path):
    folder = evaluated[0]
    output = tmp_path / "run"
    (output / "cells").mkdir(parents=True)
    settings = {"seed": 1, "schema": "x"}
    (output / "cells" / "settings.json").write_text(json.dumps(settings))
    arguments = ("evaluate", folder / "teacher.keras", "--corruptions", "none", "--examples", 20)
    result = invoke(*arguments, "--output", output)
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"Error: The folder '{output / 'cells'}' holds a measurement with other settings (schema: "
        '"x" there, seed: 1 there'
    )
    assert result.stderr.endswith("Go on with those, or give a new folder.\n")
    result = invoke(*arguments, "--output", output, "--overwrite")
    assert result.exit_code == 0, result.output
    assert Report.load(output / "report.json").document["suite"]["corruptions"] == []


def test_two_models_of_one_name(evaluated):
    folder = evaluated[0]
    result = invoke("evaluate", f"a={folder / 'teacher.keras'}", f"a={folder / 'student.keras'}",
                    "--output", folder / "other")  # fmt: skip
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: Two models are called 'a', and a report needs one name for each. Name them as "
        "NAME=PATH.\n"
    )


def test_wrong_severities(evaluated):
    folder = evaluated[0]
    result = invoke("evaluate", folder / "teacher.keras", "--severities", "1-5",
                    "--output", folder / "other")  # fmt: skip
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: `--severities` must be whole numbers from 1 to 5 with commas between, as 1,3,5. "
        "Received: '1-5'.\n"
    )


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
