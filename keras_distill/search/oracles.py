"""KerasTuner's oracles, which draw the points: the default first, and a kill loses nothing."""

import json
import os

from keras_distill.files.atomic_path import atomic_path
from keras_distill.search.tuner_package import need_scikit_learn, tuner_package

keras_tuner = tuner_package()
METHODS = ("random", "bayesian", "hyperband")


def oracle(method, space, objective, max_trials, epochs, seed):
    """The oracle of a method, over a space, whose first trial is the space's default.

    Args:
        method: One of `METHODS`.
        space: A `HyperDistiller`.
        objective: As KerasTuner takes it.
        max_trials: Points that are tried; of Hyperband, trainings.
        epochs: Of a whole training.
        seed: Of the draws.

    Returns:
        A `keras_tuner.Oracle`.
    """
    hyperparameters = keras_tuner.HyperParameters()
    space.declare_hyperparameters(hyperparameters)
    first = dict(hyperparameters.values)
    arguments = {
        "objective": objective,
        "hyperparameters": hyperparameters,
        # KerasTuner takes 0 for no seed at all.
        "seed": seed + 1,
        # A learning rate that is too high is a result, however many trials in a row have one.
        "max_consecutive_failed_trials": max_trials + 1,
    }
    if method == "hyperband":
        first |= {"tuner/epochs": epochs, "tuner/initial_epoch": 0}
        # Brackets without end: what ends it is `max_trials`, as with the others.
        arguments |= {"max_epochs": epochs, "hyperband_iterations": None}
    else:
        arguments["max_trials"] = max_trials
    if method == "bayesian":
        need_scikit_learn()
    made = _ORACLES[method](**arguments)
    made.first_values, made.max_trials = first, max_trials
    return made


class _DefaultFirst:
    """Over an oracle: its first trial is given, and its files are written whole."""

    first_values = None

    def populate_space(self, trial_id):
        # Outside of Hyperband's brackets, where it would be stopped early.
        if not self.trials:
            return {"status": "RUNNING", "values": dict(self.first_values)}
        return super().populate_space(trial_id)

    def save(self):
        _write(self._get_oracle_fname(), self.get_state())

    def _save_trial(self, trial):
        folder = self._get_trial_dir(trial.trial_id)
        _write(os.path.join(folder, "trial.json"), trial.get_state())

    def reload(self):
        super().reload()
        # The trial's file is written before the oracle's: a kill between the two would leave a
        # finished trial to be done again, or one that nobody would ever do.
        numbers = sorted(self.trials, key=int)
        self._retry_queue = [
            each for each in numbers if self.trials[each].status in ("RUNNING", "INVALID")
        ]
        for number in numbers:
            self._record_values(self.trials[number])
            if number not in self.start_order:
                self.start_order.append(number)


class _Random(_DefaultFirst, keras_tuner.oracles.RandomSearchOracle):
    pass


class _Bayesian(_DefaultFirst, keras_tuner.oracles.BayesianOptimizationOracle):
    pass


class _Hyperband(_DefaultFirst, keras_tuner.oracles.HyperbandOracle):
    pass


_ORACLES = {"random": _Random, "bayesian": _Bayesian, "hyperband": _Hyperband}


def _write(path, state):
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(state), encoding="utf-8")
