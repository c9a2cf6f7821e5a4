"""Severity curves."""

import io

import numpy as np

# Okabe and Ito's palette without its black and yellow, which vanish on dark or light pages.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKS = "osD^vP"
_GREY = "#808080"


def severity_curves(report):
    """Accuracy against severity, one panel per corruption: SVG text, "" without corruptions."""
    suite = report.document["suite"]
    if not suite["corruptions"]:
        return ""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    names, columns = suite["corruptions"], min(3, len(suite["corruptions"]))
    lines = -(-len(names) // columns)
    models = [model["name"] for model in report.document["models"]]
    with rc_context({"svg.hashsalt": "keras_distill", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(3 * columns, 2.2 * lines + 0.5), layout="constrained")
        FigureCanvasSVG(figure)
        panels = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
        for panel, name in zip(panels.flat, names, strict=False):
            for index, model in enumerate(models):
                _curve(panel, report, model, name, index)
            panel.set_title(name.replace("_", " "), color=_GREY, fontsize=10, loc="left")
            panel.grid(alpha=0.25)
        for panel in panels.flat:
            panel.patch.set_alpha(0)
            panel.tick_params(colors=_GREY)
            panel.xaxis.get_major_locator().set_params(integer=True)
            for side, spine in panel.spines.items():
                spine.set_visible(side in ("left", "bottom"))
                spine.set_color(_GREY)
        for panel in list(panels.flat)[len(names) :]:
            panel.set_axis_off()
        # Shared axes number the last line only, which is not full.
        for panel in list(panels.flat)[: len(names)][-columns:]:
            panel.tick_params(labelbottom=True)
        figure.patch.set_alpha(0)
        figure.supxlabel("severity (0 = clean)", color=_GREY, fontsize=9)
        figure.supylabel("accuracy, %", color=_GREY, fontsize=9)
        figure.legend(
            panels.flat[0].lines,
            # matplotlib reads $…$ as a formula and leaves out labels with a leading underscore.
            [" " + name.replace("$", r"\$") for name in models],
            loc="outside upper center",
            ncols=min(len(models), 6),
            frameon=False,
            labelcolor=_GREY,
        )
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]


def _curve(panel, report, model, corruption, index):
    cells = [
        cell
        for cell in report.cells
        if cell.model == model and cell.corruption in ("clean", corruption)
    ]
    cells.sort(key=lambda cell: cell.severity)
    severity = [cell.severity for cell in cells]
    colour = COLOURS[index % len(COLOURS)]
    mark = _MARKS[index % len(_MARKS)]
    accuracy = 100 * np.array([cell.accuracy for cell in cells])
    panel.plot(severity, accuracy, color=colour, marker=mark, ms=3.5, lw=1.4, label=model)
    low, high = 100 * np.array([cell.accuracy_ci95 for cell in cells]).T
    panel.fill_between(severity, low, high, color=colour, alpha=0.12, lw=0)
