"""KerasTuner's oracles with the default first, and what a kill between two files leaves."""

import importlib.util
import json

import pytest

from keras_distill.search.hyper_distiller import HyperDistiller
from keras_distill.search.oracles import oracle

pytestmark = pytest.mark.filterwarnings("ignore:currentThread", "ignore:getName")


@pytest.fixture
def made(problem, tmp_path):
    space = HyperDistiller(problem.teacher, problem.student, learning_rate=0.01)

    def make(method="random", **arguments):
        arguments = {"max_trials": 3, "epochs": 9, "seed": 0, **arguments}
        new = oracle(method, space, "val_accuracy", **arguments)
        new._set_project_dir(str(tmp_path), "oracle")
        new.verbose = 0
        return new

    return make


def finish(oracle, trial, accuracy=0.5):
    oracle.update_trial(trial.trial_id, {"val_accuracy": accuracy})
    trial.status = "COMPLETED"
    oracle.end_trial(trial)


@pytest.mark.parametrize("method", ["random", "bayesian", "hyperband"])
def test_the_first_values_are_the_default_the_second_are_drawn(method, made):
    found = made(method)
    first, second = found.create_trial("a"), found.create_trial("b")
    values = dict(first.hyperparameters.values)
    assert {"temperature": 4.0, "student_loss_weight": 0.5}.items() <= values.items()
    assert second.hyperparameters.values["temperature"] != 4.0
    if method == "hyperband":
        # The default is trained whole; the first of the brackets a ninth of it.
        assert values["tuner/epochs"] == 9
        assert second.hyperparameters.values["tuner/epochs"] == 1


def test_there_are_as_many_as_were_asked_for(made):
    found = made("hyperband", max_trials=2)
    for _ in range(2):
        finish(found, found.create_trial("a"))
    assert found.create_trial("a").status == "STOPPED"


def test_seed_0_is_a_seed(made):
    drawn = []
    for _ in range(2):
        found = made()
        found.create_trial("a")
        drawn.append(found.create_trial("b").hyperparameters.values)
    assert drawn[0] == drawn[1]


def test_a_kill_between_the_two_files_loses_no_trial_and_repeats_none(made, tmp_path):
    found = made()
    finish(found, found.create_trial("a"), 0.25)
    before = (tmp_path / "oracle" / "oracle.json").read_text()
    trial = found.create_trial("a")
    values = dict(trial.hyperparameters.values)
    # Killed with the trial's own file written and the oracle's not.
    (tmp_path / "oracle" / "oracle.json").write_text(before)
    again = made()
    again.reload()
    assert dict(again.create_trial("a").hyperparameters.values) == values
    assert again.create_trial("b").trial_id == "2"
    # Killed at the end of a trial: its file says that it is finished, the oracle's does not.
    running = (tmp_path / "oracle" / "oracle.json").read_text()
    finish(again, again.trials["1"], 0.75)
    (tmp_path / "oracle" / "oracle.json").write_text(running)
    last = made()
    last.reload()
    assert last.create_trial("a").trial_id == "2"
    assert last.create_trial("b").status == "STOPPED"
    assert [last.trials[each].score for each in "01"] == [0.25, 0.75]


def test_files_are_whole(made, tmp_path, monkeypatch):
    found = made()
    trial = found.create_trial("a")

    def broken(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(json, "dumps", broken)
    with pytest.raises(OSError, match="No space left"):
        found.save()
    with pytest.raises(OSError, match="No space left"):
        found._save_trial(trial)
    monkeypatch.undo()
    folder = tmp_path / "oracle"
    assert json.loads((folder / "oracle.json").read_text())["start_order"] == ["0"]
    assert json.loads((folder / "trial_0" / "trial.json").read_text())["status"] == "RUNNING"


def test_bayesian_without_scikit_learn(made, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "sklearn" else find(name)
    )
    with pytest.raises(ImportError, match="The Bayesian search needs scikit-learn, which is not"):
        made("bayesian")
