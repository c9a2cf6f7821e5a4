"""Every measurement on a line of its own."""

import csv
import io

_KEYS = ("model", "corruption", "severity", "n")


def measurements_csv(document):
    """Long form: model, corruption, severity, n, metric, value, low, high.

    Fractions, unrounded; low and high are the 95 % interval. What is unknown is left empty.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_KEYS, "metric", "value", "low", "high"])
    for cell in document["cells"]:
        head = [cell[key] for key in _KEYS]
        for metric in _metrics(cell):
            low, high = cell.get(f"{metric}_ci95") or (None, None)
            writer.writerow([*head, metric, cell[metric], low, high])
    return text.getvalue()


def _metrics(cell):
    """Names of what a cell measures, in its order."""
    return [key for key in cell if key not in _KEYS and not key.endswith("_ci95")]
