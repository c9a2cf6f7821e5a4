"""A measurement against severity, mean over the corruptions."""

import numpy as np

from keras_distill.robustness.figures.canvas import canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel


def severity_means(document, metric, title, leave_out=()):
    """One panel, in percent; None where no cell has `metric`."""
    found = {}
    for cell in document["cells"]:
        if cell.get(metric) is not None and cell["model"] not in leave_out:
            key = cell["model"], cell["severity"]
            found.setdefault(key, []).append(100 * cell[metric])
    if not found or not document["suite"]["severities"]:
        return None
    with canvas(f"severity_means {metric}", (240, 150)) as made:
        for model, style in model_styles(document).items():
            points = [(s, np.mean(values)) for (name, s), values in found.items() if name == model]
            if points:
                made.axes.plot(
                    *zip(*points, strict=True), color=style["colour"], marker=style["mark"]
                )
        made.axes.set_xticks([0, *document["suite"]["severities"]])
        made.axes.set_xlabel("severity", labelpad=1)
        made.axes.grid(axis="y")
        made.axes.locator_params(axis="y", nbins=5)
    return Panel(title, made.svg)
