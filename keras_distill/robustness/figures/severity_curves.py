"""Accuracy against severity, one panel a corruption."""

import numpy as np

from keras_distill.robustness.figures.canvas import canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel


def severity_curves(document):
    """Panels in the order of the groups; the clean accuracy is at severity 0."""
    suite, styles = document["suite"], model_styles(document)
    grouped = [(group, name) for group, names in suite["groups"].items() for name in names]
    grouped += [
        ("", name) for name in suite["corruptions"] if name not in dict(map(_swap, grouped))
    ]
    lowest = min(cell["accuracy"] for cell in document["cells"])
    floor = 20 * np.floor(5 * lowest)
    panels = []
    for group, name in grouped:
        with canvas(f"severity_curves {name}") as made:
            for model, style in styles.items():
                _curve(made.axes, document, model, name, style)
            made.axes.set_ylim(floor - 2, 102)
            made.axes.set_yticks(np.arange(floor, 101, 20))
            made.axes.set_xticks([0, *suite["severities"]])
            made.axes.set_xlabel("severity", labelpad=1)
            made.axes.grid(axis="y")
        panels.append(Panel(name.replace("_", " "), made.svg, group))
    return panels


def _swap(pair):
    return pair[::-1]


def _curve(axes, document, model, corruption, style):
    cells = [
        cell
        for cell in document["cells"]
        if cell["model"] == model and cell["corruption"] in ("clean", corruption)
    ]
    severity = [cell["severity"] for cell in cells]
    axes.plot(
        severity,
        [100 * cell["accuracy"] for cell in cells],
        color=style["colour"],
        marker=style["mark"],
    )
    bounds = [cell["accuracy_ci95"] or [cell["accuracy"]] * 2 for cell in cells]
    low, high = 100 * np.array(bounds).T
    axes.fill_between(severity, low, high, color=style["colour"], alpha=0.13, lw=0)
