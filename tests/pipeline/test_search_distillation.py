"""A configuration is searched, goes on, and its best.yaml gives what the best trial was."""

import csv

import pytest
from typer.testing import CliRunner

from keras_distill.pipeline import load_configuration
from keras_distill.pipeline.command_line import app
from keras_distill.pipeline.journey import Journey
from keras_distill.pipeline.search_distillation import search_distillation

CONFIGURATION = """\
output: run
data: {name: pictures, image_size: [8, 8], batch_size: 32}
teacher: {model: teacher.keras}
student: {width: 0.25}
distillation: {epochs: 2, learning_rate: 0.01, temperature: 4.0, student_loss_weight: 0.5}
search: {method: random, trials: TRIALS, learning_rate: null, losses: [soft_targets, dist]}
"""


@pytest.fixture
def folder(pictures, teacher_maker, tmp_path):
    teacher_maker().save(tmp_path / "teacher.keras")
    return tmp_path


def write(folder, trials):
    path = folder / "c.yaml"
    path.write_text(CONFIGURATION.replace("TRIALS", str(trials)))
    return path


@pytest.mark.slow
def test_searched_and_run_from_its_best_file(folder, monkeypatch):
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, ["search", str(write(folder, 3))])
    assert result.exit_code == 0, result.output + result.stderr
    assert "Trial 1 of 3: distillation_loss soft_targets, temperature 4, " in result.output
    assert "Trials: run/search.csv, run/search.png" in result.output
    assert "Next:   keras-distill run run/best.yaml" in result.output
    with open(folder / "run" / "search.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 and {row["learning_rate"] for row in rows} == {"0.01"}
    assert (folder / "run" / "search.png").exists()
    best = max(rows, key=lambda row: float(row["val_accuracy"]))
    configuration = load_configuration(folder / "run" / "best.yaml")
    assert configuration.distillation.student_loss_weight == float(best["student_loss_weight"])
    assert configuration.distillation.losses == [best["distillation_loss"]]
    # The same training again, by `run`: the same student.
    journey = Journey(configuration).run(until="distillation")
    student = journey.model("distilled")
    student.compile(metrics=["accuracy"])
    _, validation, _ = journey.splits
    import numpy as np

    right = [
        (student.predict_on_batch(x).argmax(-1) == y.numpy()).mean() * len(y) for x, y in validation
    ]
    accuracy = np.sum(right) / journey.splits.sizes["validation"]
    assert accuracy == pytest.approx(float(best["val_accuracy"]), abs=1e-6)
    # Nothing is done again.
    again = CliRunner().invoke(app, ["search", str(folder / "c.yaml")])
    assert "Going on: 3 of 3 trials are finished." in again.output
    assert "Trial 1 of" not in again.output


def test_refused_before_anything_trains(folder):
    path = write(folder, 2)
    path.write_text(path.read_text() + "\n")
    configuration = load_configuration(path)
    narrow = configuration.search.model_copy(update={"temperature": [5.0, 9.0]})
    journey = Journey(configuration.model_copy(update={"search": narrow}))
    with pytest.raises(ValueError, match="`search.temperature` must hold `distillation.temperat"):
        search_distillation(journey)
    assert not (folder / "run" / "models").exists()
