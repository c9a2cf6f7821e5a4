"""Finds the values of a distillation on validation data, by KerasTuner."""

import contextlib
import io
import os
import pathlib
import warnings

from keras_distill.search import project
from keras_distill.search.distillation_tuner import DistillationTuner
from keras_distill.search.oracles import METHODS, oracle
from keras_distill.search.search_result import SearchResult


def search(
    space,
    train,
    validation,
    method="bayesian",
    objective="val_accuracy",
    max_trials=20,
    epochs=10,
    seed=0,
    directory="runs/search",
    overwrite=False,
    progress=print,
    **fit_arguments,
):
    """Tries points of a space, each a whole distillation, and keeps what came of them.

    The first trial is the default, so that the best is no worse than it on the validation
    data. A trial's result is that of its last epoch, with which a run ends too; choose nothing
    on the test data. The same call again goes on where the last one was broken off, and with
    a higher `max_trials` it goes further: finished trials are not done again.

    Several machines: start the same script once as chief, which hands out points and trains
    nothing, and on every machine as a worker. KerasTuner reads three variables:

        KERASTUNER_TUNER_ID=chief   KERASTUNER_ORACLE_IP=10.0.0.1 KERASTUNER_ORACLE_PORT=8000 …
        KERASTUNER_TUNER_ID=worker1 KERASTUNER_ORACLE_IP=10.0.0.1 KERASTUNER_ORACLE_PORT=8000 …

    `directory` is the chief's and need not be shared. The result is the chief's too; on a worker
    it is `None`. A worker that died gets its trial again when it is started with the same name;
    the chief waits for it. The port is not protected: keep it inside your network.
    `benchmarks/search_on_several_machines.py` is a script to start from.

    Args:
        space: A `HyperDistiller`.
        train: What `Distiller.fit` takes: a data set, or a tuple `(x, y)`. One that shuffles
            itself anew in every pass gives each trial an order of its own, and what that
            does to the result; those of `kd.datasets.load` have one order for all trials.
        validation: The same; trials are judged on it.
        method: `"random"`, `"bayesian"` (default; a Gaussian process after 3 random points
            for each value searched) or `"hyperband"` (many short trainings, of which the best
            are done again for longer; each counts as a trial).
        objective: Name of what is compared, or a `keras_tuner.Objective`, which says which
            direction is better. Defaults to `"val_accuracy"`.
        max_trials: At least 1. Defaults to 20.
        epochs: Of a trial; with `"hyperband"` the most. Defaults to 10.
        seed: Of the points. Defaults to 0.
        directory: Folder of the trials. Defaults to `"runs/search"`.
        overwrite: Whether a search that lies there is deleted first. Defaults to `False`.
        progress: Called with a line for each finished trial; `None` for silence.
        **fit_arguments: Others of `Distiller.fit`, such as `batch_size`.

    Returns:
        A `SearchResult`, or `None` on a worker.

    Raises:
        ValueError: An argument is impossible, the folder holds another search, or a trial
            cannot be trained as it is described.
        RuntimeError: The loss of every trial became NaN.
        ImportError: A package is missing; the sentence says which.

    Example:

    ```python
    def student():
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])

    x, y = np.random.rand(60, 4).astype("float32"), np.random.randint(0, 3, 60)
    space = kd.search.HyperDistiller(student(), student, learning_rate=0.01)
    result = kd.search.search(
        space, (x[:40], y[:40]), (x[40:], y[40:]), method="random", max_trials=2, epochs=1
    )
    assert result.best["temperature"] > 0
    result.save("runs/search_result")  # search.csv and search.png
    ```

    Reference:
        Snoek et al., 2012, Practical Bayesian Optimization of Machine Learning Algorithms,
        https://arxiv.org/abs/1206.2944; Li et al., 2018, Hyperband,
        https://arxiv.org/abs/1603.06560
    """
    _check(method, max_trials, epochs, seed)
    folder = pathlib.Path(directory).absolute()
    with _quiet():
        points = oracle(method, space, objective, max_trials, epochs, seed)
        if not _is_worker():
            settings = {
                "method": method,
                "objective": points.objective.name,
                "epochs": epochs,
                "seed": seed,
                "searched": space.searched,
                "default": space.default,
                "teacher": project.weights_digest(space.teacher),
                "student": project.weights_digest(space.student_at_start()),
            }
            project.claim(folder, settings, overwrite)
        # KerasTuner announces on standard output that it goes on.
        with contextlib.redirect_stdout(io.StringIO()):
            tuner = DistillationTuner(points, space, folder, epochs, progress)
        done = 0 if _is_worker() else len(points.end_order)
        if done and progress is not None:
            progress(f"Going on: {done} of {max_trials} trials are finished.")
        points.verbose = 0
        tuner.search(train if isinstance(train, tuple) else (train,), validation, fit_arguments)
    return None if _is_worker() else SearchResult.of(space, points)


def _check(method, max_trials, epochs, seed):
    if method not in METHODS:
        raise ValueError(
            f"`method` must be one of {', '.join(map(repr, METHODS))}. Received: {method!r}."
        )
    for name, value, lowest in (
        ("max_trials", max_trials, 1),
        ("epochs", epochs, 1),
        ("seed", seed, 0),
    ):
        if not isinstance(value, int) or isinstance(value, bool) or value < lowest:
            raise ValueError(f"`{name}` must be a whole number from {lowest}. Received: {value!r}.")


def _is_worker():
    chief = "chief" in os.environ.get("KERASTUNER_TUNER_ID", "")
    return "KERASTUNER_ORACLE_IP" in os.environ and not chief


@contextlib.contextmanager
def _quiet():
    """Two warnings of KerasTuner's own doing, at which nobody can do anything."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", r"(currentThread|getName)\(\) is deprecated", DeprecationWarning
        )
        warnings.filterwarnings("ignore", module="sklearn.gaussian_process")
        yield
