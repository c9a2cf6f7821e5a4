"""The report: what was measured, and what it says."""

import dataclasses
import math
import pathlib

import numpy as np

from keras_distill.files import atomic_path
from keras_distill.robustness.reports.condition import condition_holds
from keras_distill.robustness.reports.saved_report import SCHEMA as SCHEMA
from keras_distill.robustness.reports.saved_report import read_report
from keras_distill.robustness.statistics.cell import Cell

_FACTS = ("parameters", "macs", "sparsity", "latency_ms_p50", "training_seconds")
_FIELDS = [field.name for field in dataclasses.fields(Cell)]


class Report:
    """Measurements of models on clean and corrupted data, and the judgement on them.

    Made by `robustness.evaluate` or `Report.load`. It holds numbers only, no model, so that it
    can be rendered anew from its JSON.

    Args:
        document: What `report.json` holds; `report.schema.json` in the package describes it.
        predictions: `{model: int (cells, n)}`: the class each model gives each example, in the
            order of its cells; None if it is not known.
        labels: `(n,)`: the true classes. Given exactly when `predictions` is.

    Attributes:
        cells: A list of `Cell`.
        aggregates: A list of dicts, one per model.
        comparisons: A list of dicts, one per compared pair: every other model against the
            baseline, then the pairs that were asked for.
        predictions: As given, in the smallest type of integers that holds them.
        labels: Likewise.
        correct: `{model: bool (cells, n)}`: whether the prediction is the label; None without.

    Raises:
        ValueError: If predictions or labels come alone, or are of another shape than the cells.

    Example:

    ```python
    images = np.random.default_rng(0).random((20, 8, 8, 3), "float32")
    model = lambda x: x.mean(axis=(1, 2))
    data = images, np.zeros(20, int)
    report = kd.robustness.evaluate({"mean": model}, data, [], progress=False)
    report.save("report")
    assert kd.robustness.Report.load("report/report.json").rows() == report.rows()
    ```
    """

    def __init__(self, document, predictions=None, labels=None):
        self.document = _plain(document)
        # Later versions may add measurements within one schema number.
        self.cells = [
            Cell(**{name: cell.get(name) for name in _FIELDS}) for cell in self.document["cells"]
        ]
        self.aggregates = self.document["aggregates"]
        self.comparisons = self.document["comparisons"]
        self.predictions, self.labels, self.correct = predictions, labels, None
        if predictions is not None or labels is not None:
            names = [model["name"] for model in self.document["models"]]
            self._check(names, predictions, labels)
            self.labels = _smallest(labels)
            self.predictions = {name: _smallest(predictions[name]) for name in names}
            self.correct = {name: top == self.labels for name, top in self.predictions.items()}

    def rows(self):
        """One dict per model: the numbers of the table, unrounded."""
        rows = []
        for model, found in zip(self.document["models"], self.aggregates, strict=True):
            row = {
                "model": model["name"],
                "clean_accuracy": found["clean_accuracy"],
                "macro_f1": found["macro_f1_clean"],
                "mean_corrupted_accuracy": found["mean_corrupted_accuracy"],
                "agreement": found["agreement_clean"],
                "kib": _kib(model.get("bytes")),
                "gzip_kib": _kib(model.get("gzip_bytes")),
            }
            rows.append(row | {fact: model.get(fact) for fact in _FACTS})
        return rows

    def table(self):
        """The rows as a `rich.table.Table`; only the display is rounded."""
        from rich.table import Table

        rows = self.rows()
        table = Table()
        shown = [key for key in rows[0] if any(row[key] is not None for row in rows)]
        for key in shown:
            table.add_column(key, justify="left" if key == "model" else "right")
        for row in rows:
            table.add_row(*[_shown(key, row[key]) for key in shown])
        return table

    def summary(self):
        """A few sentences in words: how right each model stays, and against which other."""
        from keras_distill.robustness.page.verdict import sentences

        return "\n".join(sentences(self.document))

    def check(self, condition):
        """Whether a condition on one number of one model holds; for continuous integration.

        Args:
            condition: `MODEL.NUMBER SIGN VALUE`, as `"student.mean_corrupted_accuracy < 0.80"`:
                a number of the model's aggregates (fractions in [0, 1]) or a fact such as
                `bytes`; the sign is one of <, <=, >, >=, ==, !=.

        Returns:
            `(holds, sentence)`: a bool, and in words what was found.

        Raises:
            ValueError: If it is not of that form, or there is no such model or number.
        """
        return condition_holds(self, condition)

    def save(self, folder):
        """Writes the report, whole or not at all.

        Args:
            folder: Where: `report.html`, `report.json`, `report.md`, `measurements.csv`,
                `robustbench.csv`, `model_card.yaml`, `figures/` and, where predictions are
                known, `predictions.npz` go there. An older folder is replaced.

        Returns:
            The folder, a `pathlib.Path`.
        """
        from keras_distill.robustness.reports.written_files import written_files

        folder = pathlib.Path(folder)
        files = written_files(self.document)
        with atomic_path(folder) as place:
            (place / "figures").mkdir(parents=True)
            for name, text in files.items():
                (place / name).write_text(text, encoding="utf-8", newline="\n")
            if self.predictions is not None:
                # Numbered, because np.savez takes no array of the name "file".
                tops = {f"model_{i}": top for i, top in enumerate(self.predictions.values())}
                np.savez_compressed(place / "predictions.npz", labels=self.labels, **tops)
        return folder

    @classmethod
    def load(cls, path):
        """Reads a report from its `report.json` (and `predictions.npz` beside it, if there).

        Args:
            path: The path of `report.json`.

        Returns:
            A `Report` that renders to the same files.

        Raises:
            ValueError: If a file is damaged, or `report.json` is of another schema.
        """
        return cls(*read_report(path))

    def _check(self, names, predictions, labels):
        if predictions is None or labels is None:
            raise ValueError(
                "Predictions and labels belong together. Give both, or neither: a report can do "
                "without."
            )
        n = self.document["data"]["n"]
        expected = (len(self.cells) // len(names), n)
        shapes = {name: np.shape(top) for name, top in predictions.items()}
        if shapes != dict.fromkeys(names, expected) or np.shape(labels) != (n,):
            raise ValueError(
                f"Expected predictions of shape {expected} for each of {', '.join(names)}, and "
                f"labels of shape {(n,)}. Received: {shapes} and {np.shape(labels)}."
            )


def _smallest(whole):
    whole = np.asarray(whole)
    low, high = int(whole.min()), int(whole.max())
    return whole.astype(np.result_type(np.min_scalar_type(low), np.min_scalar_type(high)))


def _plain(value):
    """JSON's types only: NumPy's numbers as Python's, what is not finite as null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _kib(size):
    return None if size is None else size / 1024


def _shown(key, value):
    if value is None:
        return "–"
    if key == "model":
        return value
    if key in ("parameters", "macs"):
        return f"{value:,}"
    if key in ("kib", "gzip_kib", "training_seconds"):
        return f"{value:.1f}"
    return f"{value:.4f}"
