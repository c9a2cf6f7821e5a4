"""Runs the trials: each from the start, its last epoch its result, no weights kept."""

import os
import time

import keras

from keras_distill.files.atomic_path import atomic_path
from keras_distill.search.tuner_package import tuner_package

keras_tuner = tuner_package()


class DistillationTuner(keras_tuner.Tuner):
    """KerasTuner's `Tuner` for one training set, one validation set and a folder.

    What differs from KerasTuner's own: a trial's result is its last epoch, as a run keeps the
    last epoch's weights (the best of many epochs is chosen by their noise); Hyperband's
    promoted trials start again, so that optimizer and learning rate are those of an unbroken
    training; a mistake ends the search instead of three trials; no weights are written.

    Args:
        oracle: What draws the points.
        space: A `HyperDistiller`.
        folder: A `pathlib.Path`, where the trials are kept.
        epochs: Of a trial, unless the oracle gives it fewer.
        progress: Called with a line for each trial, or `None`.
    """

    def __init__(self, oracle, space, folder, epochs, progress):
        self.epochs, self.progress = epochs, progress
        self._results = {}
        super().__init__(
            oracle=oracle,
            hypermodel=space,
            directory=str(folder.parent),
            project_name=folder.name,
        )

    def run_trial(self, trial, x, validation, arguments):
        # Collects the last trial's garbage too, of which a traced function is much.
        keras.backend.clear_session()
        epochs = trial.hyperparameters.values.get("tuner/epochs", self.epochs)
        start = time.perf_counter()
        history = self.hypermodel.fit(
            trial.hyperparameters,
            self.hypermodel.build(trial.hyperparameters),
            *x,
            epochs=epochs,
            validation_data=validation,
            verbose=0,
            **arguments,
        ).history
        objective = self.oracle.objective.name
        if objective not in history:
            raise ValueError(
                f"`objective` must be one of what a trial measures: {', '.join(sorted(history))}. "
                f"Received: {objective!r}."
            )
        last = {name: float(values[-1]) for name, values in history.items()}
        self._results[trial.trial_id] = last[objective]
        return {**last, "epochs": epochs, "seconds": time.perf_counter() - start}

    def on_trial_end(self, trial):
        super().on_trial_end(trial)
        if self.progress is None:
            return
        objective = self.oracle.objective.name
        values = self.hypermodel.values(trial.hyperparameters)
        shown = [name for name in self.hypermodel.searched if values[name] is not None]
        point = ", ".join(f"{name} {_short(values[name])}" for name in shown)
        result = self._results.get(trial.trial_id)
        outcome = "failed: the loss is not a number"
        if result is not None:
            outcome = f"{objective} {result:.4f}"
            best = self.oracle.get_best_trials(1)[0]
            outcome += f" (best {best.score:.4f}, trial {int(best.trial_id) + 1})"
        number = f"{int(trial.trial_id) + 1} of {self.oracle.max_trials}"
        self.progress(f"Trial {number}: {point}: {outcome}")

    def save(self):
        # A worker's folder may be another machine's: all that lasts is with the chief.
        if not self._is_worker():
            self.oracle.save()
            with atomic_path(self._get_tuner_fname()) as path:
                path.write_text("{}", encoding="utf-8")

    def reload(self):
        if not self._is_worker():
            super().reload()

    def _get_tuner_fname(self):
        # Not by the process's name: a search begun alone goes on under a chief.
        return os.path.join(self.project_dir, "tuner.json")

    def _populate_initial_space(self):
        """The oracle knows the space: nothing is built to find it out."""

    def _try_run_and_update_trial(self, trial, *arguments, **named):
        # KerasTuner's takes every mistake for a bad point and tries the next one.
        try:
            self._run_and_update_trial(trial, *arguments, **named)
            trial.status = "COMPLETED"
        except FloatingPointError as error:
            trial.status, trial.message = "FAILED", str(error)


def _short(value):
    return value if isinstance(value, str) else f"{value:.4g}"
