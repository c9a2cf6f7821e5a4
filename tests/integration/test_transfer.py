"""The transfer recipe from a file to a report: two teachers, a student, its .tflite files."""

import importlib.util
import json
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app

HERE = pathlib.Path(__file__).resolve()
pytestmark = pytest.mark.slow


def sentences_of_the_pipeline():
    """The made-up reviews and their configuration, shared with tests/pipeline/transfer."""
    path = HERE.parents[1] / "pipeline" / "transfer" / "conftest.py"
    spec = importlib.util.spec_from_file_location("transfer_sentences", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(folder):
    made = sentences_of_the_pipeline()
    made.write_reviews(folder / "reviews.tsv")
    (folder / "c.yaml").write_text(made.CONFIGURATION, encoding="utf-8")
    return folder / "c.yaml"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    path = written(tmp_path_factory.mktemp("transfer"))
    result = CliRunner().invoke(app, ["run", str(path)])
    assert result.exit_code == 0, result.output
    return path.parent / "run", path, result.output


def test_every_file_is_there(finished):
    run, _, _ = finished
    wanted = [
        "configuration.yaml",
        "run.log",
        "models/words.txt",
        *(
            f"models/{name}.keras"
            for name in ("teacher_1", "teacher_2", "teacher", "control", "distilled", "fine_tuned")
        ),
        "report/report.html",
        "report/report.json",
    ]
    for recipe in ("float32", "dynamic_range"):
        file = f"artefacts/student.{recipe}.tflite"
        wanted += [f"{file}{end}" for end in ("", ".manifest.json", ".golden.json", ".vocab.txt")]
    assert [name for name in wanted if not (run / name).exists()] == []


def test_the_files_are_right_on_misspelt_texts_as_the_model_is(finished):
    run, _, _ = finished
    known = json.loads((run / "report" / "report.json").read_text(encoding="utf-8"))
    cells = {(c["model"], c["corruption"]): c["accuracy"] for c in known["cells"]}
    for corruption in ("clean", "keyboard"):
        model = cells["fine_tuned", corruption]
        assert cells["float32", corruption] == model
        assert abs(cells["dynamic_range", corruption] - model) <= 0.05
    assert cells["fine_tuned", "clean"] > 0.9 > cells["fine_tuned", "keyboard"]


def test_the_vocabulary_is_that_of_the_run(finished):
    run, _, _ = finished
    lines = (run / "artefacts" / "student.float32.tflite.vocab.txt").read_text("utf-8").split("\n")
    words = (run / "models" / "words.txt").read_text("utf-8").split("\n")
    assert lines[2:] == words


def test_run_again_does_nothing_again(finished):
    run, path, _ = finished
    before = {p: p.stat().st_mtime_ns for p in (run / "models").iterdir()}
    result = CliRunner().invoke(app, ["run", str(path)])
    assert result.exit_code == 0 and result.output.count("finished before") == 10
    assert {p: p.stat().st_mtime_ns for p in (run / "models").iterdir()} == before


def test_killed_and_resumed_is_the_unbroken_run(finished, tmp_path):
    """SIGKILL once the teachers are there; what comes after is bit for bit the same."""
    import keras

    run, _, _ = finished
    path = written(tmp_path)
    script = "from keras_distill.pipeline.command_line import main; main()"
    command = [sys.executable, "-c", script, "run", str(path)]
    with (tmp_path / "out.txt").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=HERE.parents[2])
        deadline = time.monotonic() + 240
        while not (tmp_path / "run" / "models" / "student_untrained.keras").exists():
            assert process.poll() is None, (tmp_path / "out.txt").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    result = CliRunner().invoke(app, ["run", str(path)])
    assert result.exit_code == 0, result.output
    for name in ("teacher", "control", "distilled", "fine_tuned"):
        models = [keras.models.load_model(f / "models" / f"{name}.keras", compile=False)
                  for f in (run, tmp_path / "run")]  # fmt: skip
        for one, other in zip(*(model.get_weights() for model in models), strict=True):
            np.testing.assert_array_equal(one, other)
