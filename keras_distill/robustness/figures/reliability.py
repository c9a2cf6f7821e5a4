"""Stated confidence against accuracy."""

from keras_distill.robustness.figures.canvas import INK, canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel


def reliability(document):
    """A panel a model: hollow is clean, filled is corrupted; the area says how many examples."""
    panels = []
    rows = document.get("calibration", [])
    for model, style in model_styles(document).items():
        mine = [row for row in rows if row["model"] == model]
        if not mine:
            continue
        with canvas(f"reliability {model}", (172, 164), (30, 6, 30, 6)) as made:
            made.axes.plot([0, 100], [0, 100], color=INK, lw=0.8, ls=":")
            for row in mine:
                _bins(made.axes, row, style)
            made.axes.set_xlim(-3, 103)
            made.axes.set_ylim(-3, 103)
            for axis in (made.axes.xaxis, made.axes.yaxis):
                axis.set_ticks([0, 25, 50, 75, 100])
            made.axes.set_xlabel("confidence", labelpad=1)
            made.axes.grid()
        panels.append(Panel(model, made.svg))
    return panels


def _bins(axes, row, style):
    bins = [item for item in row["bins"] if item["n"]]
    if not bins:
        return
    total = sum(item["n"] for item in bins)
    x = [100 * item["confidence"] for item in bins]
    y = [100 * item["accuracy"] for item in bins]
    area = [6 + 160 * item["n"] / total for item in bins]
    hollow = row["kind"] == "clean"
    colour = style["colour"]
    axes.plot(x, y, color=colour, lw=1.2, ls="--" if hollow else "-", zorder=2)
    axes.scatter(
        x, y, area, facecolor="none" if hollow else colour, edgecolor=colour, alpha=0.75, zorder=3
    )
