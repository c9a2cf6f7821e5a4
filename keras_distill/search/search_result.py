"""What a search found: every trial, the best of them, and a picture."""

import csv
import dataclasses
import pathlib

from keras_distill.files.atomic_path import atomic_path


@dataclasses.dataclass(frozen=True)
class SearchResult:
    """The trials of a search in the order they were begun; the first is the default.

    Args:
        trials: One dict a trial: `trial` (from 1), `status` (`"completed"`, or `"failed"`
            where the loss became NaN), the values, `epochs`, `seconds`, and what was measured
            after the last epoch, `None` where it failed.
        objective: Name of the measure that decides.
        direction: `"max"` or `"min"`, which of its values is the better one.
        searched: {name: two ends}, or a list of the losses' names.

    Example:

    ```python
    trials = [
        {"trial": 1, "status": "completed", "temperature": 4.0, "val_accuracy": 0.90},
        {"trial": 2, "status": "completed", "temperature": 2.0, "val_accuracy": 0.92},
    ]
    result = kd.search.SearchResult(trials, "val_accuracy", "max", {"temperature": (1.0, 20.0)})
    assert result.best == {"temperature": 2.0}
    assert result.gain == 0.92 - 0.90
    ```
    """

    trials: list
    objective: str
    direction: str
    searched: dict

    @classmethod
    def of(cls, space, oracle):
        """The result of the trials that an oracle holds.

        Args:
            space: The `HyperDistiller` that was searched.
            oracle: A `keras_tuner.Oracle`.

        Raises:
            RuntimeError: No trial was completed.
        """
        rows = [_row(space, oracle.trials[each]) for each in sorted(oracle.trials, key=int)]
        if not any(row["status"] == "completed" for row in rows):
            raise RuntimeError(
                f"The loss became NaN or infinite in every one of {len(rows)} trials. Lower the "
                "range of `learning_rate`, and look for NaN in the data."
            )
        names = dict.fromkeys(name for row in rows for name in row)
        rows = [{name: row.get(name) for name in names} for row in rows]
        objective = oracle.objective
        return cls(rows, objective.name, objective.direction, dict(space.searched))

    @property
    def best_trial(self):
        """The best completed trial; of equal ones the earlier."""
        sign = 1 if self.direction == "max" else -1
        return max(self.completed(), key=lambda row: sign * row[self.objective])

    @property
    def best(self):
        """{name: value} of the best trial, of everything that was searched."""
        return {name: self.best_trial[name] for name in self.searched}

    @property
    def gain(self):
        """How much better than the default the best is; `None` where the default failed."""
        first = self.trials[0]
        if first["status"] != "completed":
            return None
        return abs(self.best_trial[self.objective] - first[self.objective])

    def completed(self):
        """The trials that have a result."""
        return [row for row in self.trials if row["status"] == "completed"]

    def table(self):
        """The trials, the best first; failed ones at the end."""
        sign = -1 if self.direction == "max" else 1
        failed = [row for row in self.trials if row["status"] != "completed"]
        return sorted(self.completed(), key=lambda row: sign * row[self.objective]) + failed

    def plot(self, path):
        """Draws the objective over each number that was searched.

        Args:
            path: Of a `.png`, `.svg` or `.pdf`; an older file is replaced.
        """
        from keras_distill.search.search_plot import search_plot

        with atomic_path(path) as temporary:
            search_plot(self).savefig(temporary)

    def save(self, folder):
        """Writes `search.csv` and `search.png`.

        Args:
            folder: Made when absent.

        Returns:
            The two files' names.
        """
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(folder / "search.csv") as path:
            with open(path, "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(self.trials[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(self.trials)
        self.plot(folder / "search.png")
        return ["search.csv", "search.png"]


def _row(space, trial):
    """One trial as plain values."""
    row = {"trial": int(trial.trial_id) + 1, "status": trial.status.lower()}
    row |= space.values(trial.hyperparameters)
    measured = {}
    if trial.status == "COMPLETED":
        for name in trial.metrics.metrics:
            measured[name] = float(trial.metrics.get_last_value(name))
        row["epochs"] = int(measured.pop("epochs"))
        row["seconds"] = round(measured.pop("seconds"), 3)
    return row | measured
