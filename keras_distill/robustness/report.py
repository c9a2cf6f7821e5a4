"""The report: what was measured, and what it says."""

import csv
import io
import json
import math
import pathlib

import numpy as np

from keras_distill.files import atomic_path
from keras_distill.robustness.cell import Cell
from keras_distill.robustness.saved_report import SCHEMA as SCHEMA
from keras_distill.robustness.saved_report import read_report

_FACTS = ("parameters", "macs", "sparsity", "latency_ms_p50", "training_seconds")


class Report:
    """Measurements of models on clean and corrupted images, and the judgement on them.

    Made by `robustness.evaluate` or `Report.load`. It holds numbers only, no model, so that it
    can be rendered anew from its JSON.

    Args:
        document: What `report.json` holds.
        correct: `{model: bool (cells, n)}`: which images each model is right on, in the order
            of its cells; None if it is not known.

    Attributes:
        cells: A list of `Cell`.
        aggregates: A list of dicts, one per model.
        comparisons: A list of dicts, one per compared pair: every other model against the
            baseline, then the pairs that were asked for.
        correct: As given.

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

    def __init__(self, document, correct=None):
        self.document = _plain(document)
        self.correct = correct
        self.cells = [Cell(**cell) for cell in self.document["cells"]]
        self.aggregates = self.document["aggregates"]
        self.comparisons = self.document["comparisons"]

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
        """A few sentences in words: how right each model stays, against the baseline."""
        from keras_distill.robustness.verdict import sentences

        return "\n".join(sentences(self))

    def save(self, folder):
        """Writes the report, whole or not at all.

        Args:
            folder: Where: `report.html`, `report.json`, `report.md`, `measurements.csv`,
                `correct.npz` and `figures/` go there. An older folder is replaced.

        Returns:
            The folder, a `pathlib.Path`.
        """
        from keras_distill.robustness.figures import severity_curves
        from keras_distill.robustness.render import render_html, render_markdown

        folder = pathlib.Path(folder)
        curves = severity_curves(self)
        with atomic_path(folder) as place:
            place.mkdir()
            text = json.dumps(self.document, indent=1, allow_nan=False, ensure_ascii=False)
            (place / "report.json").write_text(text + "\n", encoding="utf-8")
            (place / "measurements.csv").write_text(self._csv(), encoding="utf-8")
            (place / "report.md").write_text(render_markdown(self), encoding="utf-8")
            (place / "report.html").write_text(render_html(self, curves), encoding="utf-8")
            (place / "figures").mkdir()
            if curves:
                (place / "figures" / "severity_curves.svg").write_text(curves, encoding="utf-8")
            if self.correct is not None:
                # Numbered, because np.savez takes no array of the name "file".
                rows = enumerate(self.correct[model["name"]] for model in self.document["models"])
                packed = {f"model_{index}": np.packbits(row, axis=1) for index, row in rows}
                np.savez_compressed(place / "correct.npz", **packed)
        return folder

    @classmethod
    def load(cls, path):
        """Reads a report from its `report.json` (and `correct.npz` beside it, if there).

        Args:
            path: The path of `report.json`.

        Returns:
            A `Report` that renders to the same files.

        Raises:
            ValueError: If the file is damaged or of another schema.
        """
        return cls(*read_report(path))

    def _csv(self):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        metrics = ("accuracy", "macro_f1", "nll", "ece15", "agreement")
        writer.writerow(["model", "corruption", "severity", "n", "metric", "value", "low", "high"])
        for cell in self.cells:
            for metric in metrics:
                interval = cell.accuracy_ci95 if metric == "accuracy" else ["", ""]
                head = [cell.model, cell.corruption, cell.severity, cell.n]
                writer.writerow([*head, metric, getattr(cell, metric), *interval])
        return text.getvalue()


def _plain(value):
    """JSON's types only: NumPy's numbers as Python's, what is not finite as null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
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
