"""The verb: what comes out, that it goes on, and a sentence for what is impossible."""

import json

import keras
import pytest

import keras_distill as kd
from keras_distill.search import HyperDistiller, search


@pytest.fixture
def space(problem):
    return HyperDistiller(problem.teacher, problem.student, learning_rate=0.05)


def break_off(monkeypatch, trials):
    """The third training is interrupted, once."""
    fit, broken = HyperDistiller.fit, []

    def interrupted(self, *args, **kwargs):
        if len(trials) == 2 and not broken:
            broken.append(True)
            raise KeyboardInterrupt
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(HyperDistiller, "fit", interrupted)


def run(space, problem, tmp_path, **arguments):
    arguments = {"method": "random", "max_trials": 3, "epochs": 1, "progress": None, **arguments}
    directory = arguments.pop("directory", tmp_path / "search")
    return search(space, problem.train, problem.validation, directory=directory, **arguments)


def test_a_trial_is_what_the_same_distiller_gives_by_itself(space, problem, tmp_path):
    result = run(space, problem, tmp_path, max_trials=2, epochs=2)
    row = result.trials[1]
    keras.utils.set_random_seed(0)
    distiller = kd.Distiller(
        problem.teacher,
        problem.student(),
        kd.losses.SoftTargets(row["temperature"]),
        student_loss_weight=row["student_loss_weight"],
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile(keras.optimizers.Adam(0.05), loss, metrics=["accuracy"])
    keras.utils.set_random_seed(0)
    history = distiller.fit(
        *problem.train, validation_data=problem.validation, epochs=2, verbose=0
    ).history
    # Of the last epoch, not of the best.
    for name in ("val_accuracy", "val_loss", "soft_targets_loss"):
        assert row[name] == pytest.approx(history[name][-1], rel=1e-5), name
    # No weights, of the teacher or of anything.
    assert [each for each in (tmp_path / "search").rglob("*.h5")] == []


@pytest.mark.parametrize("method", ["random", "bayesian", "hyperband"])
def test_the_default_is_first_and_the_best_is_no_worse(method, space, problem, tmp_path, untrained):
    lines = []
    result = run(
        space, problem, tmp_path, method=method, max_trials=7, epochs=3, progress=lines.append
    )
    assert [row["trial"] for row in result.trials] == list(range(1, 8))
    first = result.trials[0]
    assert (first["temperature"], first["student_loss_weight"], first["epochs"]) == (4.0, 0.5, 3)
    assert first["learning_rate"] == 0.05
    assert result.best_trial["val_accuracy"] > first["val_accuracy"]
    points = {(row["temperature"], row["student_loss_weight"]) for row in result.trials}
    if method == "hyperband":
        assert {row["epochs"] for row in result.trials[1:]} == {1, 3}
        # Two trials were promoted: done again, from the start.
        assert len(points) == 6 and len(untrained) == 7
    else:
        assert len(points) == 7
        assert {row["epochs"] for row in result.trials} == {3}
    assert len(lines) == 7
    # Every earlier epoch was perfect: the last one counts.
    assert lines[0] == (
        "Trial 1 of 7: temperature 4, student_loss_weight 0.5: val_accuracy 0.5282 "
        "(best 0.5282, trial 1)"
    )


@pytest.mark.slow
def test_a_gaussian_process_goes_where_it_is_better(space, problem, tmp_path, untrained):
    result = run(space, problem, tmp_path, method="bayesian", max_trials=20)
    assert abs(result.best["temperature"] - 2) < 0.5
    assert abs(result.best["student_loss_weight"] - 0.3) < 0.15


def test_the_same_seed_draws_the_same_points_also_0(space, problem, tmp_path, untrained):
    def points(seed, name):
        result = run(space, problem, tmp_path, seed=seed, directory=tmp_path / name)
        return [row["temperature"] for row in result.trials]

    assert points(0, "a") == points(0, "b") != points(1, "c")


@pytest.mark.parametrize("method", ["random", "hyperband"])
def test_it_goes_on_and_further(method, space, problem, tmp_path, monkeypatch, untrained):
    break_off(monkeypatch, untrained)
    arguments = {"method": method, "epochs": 3}
    with pytest.raises(KeyboardInterrupt):
        run(space, problem, tmp_path, max_trials=5, **arguments)
    lines = []
    result = run(space, problem, tmp_path, max_trials=5, progress=lines.append, **arguments)
    assert lines[0] == "Going on: 2 of 5 trials are finished." and len(lines) == 4
    assert len(untrained) == 5 and len(result.trials) == 5
    unbroken = run(
        space, problem, tmp_path, max_trials=5, directory=tmp_path / "unbroken", **arguments
    )
    for one, other in zip(result.trials, unbroken.trials, strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}
    further = run(space, problem, tmp_path, max_trials=12, **arguments)
    assert len(further.trials) == 12 and further.trials[:5] == result.trials
    count = len(untrained)
    assert run(space, problem, tmp_path, max_trials=12, **arguments).trials == further.trials
    assert len(untrained) == count


def test_another_search_in_the_folder_is_refused(space, problem, tmp_path, untrained):
    run(space, problem, tmp_path, max_trials=1)
    folder = str(tmp_path / "search")
    with pytest.raises(ValueError) as caught:
        run(space, problem, tmp_path, max_trials=1, epochs=2)
    assert str(caught.value) == (
        f"The folder {folder!r} holds another search: `epochs` is 1 there and 2 here. Give another "
        "`directory`, or start afresh with overwrite=True."
    )
    hidden = problem.teacher.layers[0]
    hidden.kernel.assign(hidden.kernel + 1e-6)
    with pytest.raises(ValueError, match="another search: its teacher has other weights"):
        run(space, problem, tmp_path, max_trials=1)
    assert len(run(space, problem, tmp_path, max_trials=2, overwrite=True).trials) == 2


def test_a_loss_that_is_not_a_number_is_a_failed_trial_and_no_end(problem, tmp_path, untrained):
    space = HyperDistiller(
        problem.teacher, problem.student, temperature=4.0, learning_rate=(1e-3, 10.0)
    )
    lines = []
    result = run(space, problem, tmp_path, max_trials=12, progress=lines.append)
    failed = [row for row in result.trials if row["status"] == "failed"]
    assert failed and all(row["learning_rate"] > 1 for row in failed)
    assert all(row["val_accuracy"] is None and row["seconds"] is None for row in failed)
    assert result.best["learning_rate"] <= 1
    assert sum(line.endswith("failed: the loss is not a number") for line in lines) == len(failed)


def test_no_trial_has_a_result(problem, tmp_path, untrained):
    space = HyperDistiller(problem.teacher, problem.student, learning_rate=(2.0, 10.0))
    with pytest.raises(RuntimeError) as caught:
        run(space, problem, tmp_path, max_trials=5)
    assert str(caught.value) == (
        "The loss became NaN or infinite in every one of 5 trials. Lower the range of "
        "`learning_rate`, and look for NaN in the data."
    )


def test_a_mistake_ends_the_search_as_it_is(problem, tmp_path):
    space = HyperDistiller(problem.teacher, lambda: problem.student().layers[0])
    with pytest.raises(TypeError, match="`student` must be one keras.Model"):
        run(space, problem, tmp_path)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            {"method": "grid"},
            "`method` must be one of 'random', 'bayesian', 'hyperband'. Received: 'grid'.",
        ),
        ({"max_trials": 0}, "`max_trials` must be a whole number from 1. Received: 0."),
        ({"epochs": 1.5}, "`epochs` must be a whole number from 1. Received: 1.5."),
        ({"seed": -1}, "`seed` must be a whole number from 0. Received: -1."),
    ],
)
def test_impossible_arguments(arguments, sentence, space, problem, tmp_path):
    with pytest.raises(ValueError) as caught:
        run(space, problem, tmp_path, **arguments)
    assert str(caught.value) == sentence
    assert list(tmp_path.iterdir()) == []


def test_an_objective_that_no_trial_measures(space, problem, tmp_path, untrained):
    import keras_tuner

    with pytest.raises(ValueError) as caught:
        run(space, problem, tmp_path, objective=keras_tuner.Objective("val_mae", "min"))
    assert str(caught.value) == (
        "`objective` must be one of what a trial measures: val_accuracy, val_loss. "
        "Received: 'val_mae'."
    )


def test_an_objective_that_is_the_better_the_lower(space, problem, tmp_path, untrained):
    result = run(space, problem, tmp_path, objective="val_loss")
    assert result.direction == "min"
    assert result.best_trial["val_loss"] == min(row["val_loss"] for row in result.trials)
    assert json.loads((tmp_path / "search" / "search.json").read_text())["objective"] == "val_loss"
