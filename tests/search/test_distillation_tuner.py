"""One trial at a time; a search begun alone goes on under a chief."""

import numpy as np
import pytest

from keras_distill.search.distillation_tuner import DistillationTuner
from keras_distill.search.hyper_distiller import HyperDistiller
from keras_distill.search.oracles import oracle

pytestmark = pytest.mark.filterwarnings("ignore:currentThread", "ignore:getName")


def tuner(problem, folder, progress=None, method="random", **values):
    space = HyperDistiller(problem.teacher, problem.student, learning_rate=0.01, **values)
    points = oracle(method, space, "val_accuracy", max_trials=2, epochs=4, seed=0)
    points.verbose = 0
    return DistillationTuner(points, space, folder, epochs=4, progress=progress)


def test_a_trial_is_its_last_epoch(problem, tmp_path, untrained):
    made = tuner(problem, tmp_path / "a")
    trial = made.oracle.create_trial("tuner0")
    result = made.run_trial(trial, problem.train, problem.validation, {})
    assert result.pop("seconds") >= 0
    away = np.log(2) + 0.2
    assert result == {
        "epochs": 4,
        "val_accuracy": pytest.approx(1 / (1 + away)),
        "val_loss": pytest.approx(away),
    }
    trial.hyperparameters.values["tuner/epochs"] = 2
    assert made.run_trial(trial, problem.train, problem.validation, {})["epochs"] == 2


def test_lines_of_losses_and_numbers(problem, tmp_path, untrained):
    lines = []
    made = tuner(
        problem, tmp_path / "a", lines.append, distillation_losses=["soft_targets", "dist"]
    )
    made.search(problem.train, problem.validation, {})
    assert lines[0].startswith(
        "Trial 1 of 2: distillation_loss soft_targets, temperature 4, student_loss_weight 0.5: "
    )


def test_the_file_is_the_same_for_a_chief(problem, tmp_path, untrained, monkeypatch):
    tuner(problem, tmp_path / "a").search(problem.train, problem.validation, {})
    assert (tmp_path / "a" / "tuner.json").read_text() == "{}"
    monkeypatch.setenv("KERASTUNER_TUNER_ID", "chief")
    again = tuner(problem, tmp_path / "a")
    assert len(again.oracle.end_order) == 2
