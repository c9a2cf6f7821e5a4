"""Confidence on the data and on data of another kind."""

from keras_distill.robustness.figures.canvas import INK, canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel


def confidence_histograms(document):
    """A panel a model and other data: filled the data measured, outlined the other."""
    panels, styles = [], model_styles(document)
    for row in document.get("out_of_distribution", []):
        histogram = row["histogram"]
        if histogram is None:
            continue
        with canvas(f"confidence {row['model']} {row['data']}") as made:
            edges = [100 * edge for edge in histogram["edges"]]
            mine, other = (_shares(histogram[key]) for key in ("in", "out"))
            colour = styles[row["model"]]["colour"]
            made.axes.stairs(mine, edges, fill=True, color=colour, alpha=0.45, lw=0)
            made.axes.stairs(other, edges, color=INK, lw=1.3)
            made.axes.set_xlabel("confidence", labelpad=1)
            made.axes.set_xticks([0, 50, 100])
            made.axes.locator_params(axis="y", nbins=4)
        panels.append(Panel(row["model"], made.svg, f"against {row['data']}"))
    return panels


def _shares(counts):
    total = max(1, sum(counts))
    return [100 * count / total for count in counts]
