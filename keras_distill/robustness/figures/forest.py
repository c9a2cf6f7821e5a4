"""Differences of two models, corruption by corruption, with their intervals."""

from keras_distill.robustness.figures.canvas import INK, canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel

_LINE = 15
_LEVEL = 0.05


def forest(document):
    """A panel a comparison: filled marks differ after Holm's correction (p < 0.05)."""
    styles = model_styles(document)
    panels = []
    for item in document["comparisons"]:
        rows = _rows(item)
        height = _LINE * len(rows) + 40
        salt = f"forest {item['model']} {item['against']}"
        with canvas(salt, (340, height), (112, 52, 34, 6)) as made:
            _draw(made.axes, item, rows, styles[item["model"]])
        panels.append(Panel(f"{item['model']} − {item['against']}", made.svg))
    return panels


def _rows(item):
    """(name, difference, interval, p) from the top: clean, mean of the corrupted, each."""
    test = item["clean_mcnemar"]
    rows = [("clean", item["clean_difference"], item["clean_difference_ci95"], test["p_holm"])]
    if item["corrupted_difference"] is not None:
        whole = item["corrupted_difference"], item["corrupted_difference_ci95"]
        rows.append(("mean corrupted", *whole, None))
    for row in item["by_corruption"]:
        name = row["corruption"].replace("_", " ")
        rows.append((name, row["difference"], row["difference_ci95"], row["p_holm"]))
    return rows


def _draw(axes, item, rows, style):
    axes.axvline(0, color=INK, lw=0.8)
    axes.axvline(-100 * item["margin"], color=INK, lw=0.8, ls=":")
    for place, (name, difference, interval, p) in enumerate(rows):
        if interval is not None:
            axes.plot([100 * x for x in interval], [place] * 2, color=style["colour"], lw=1.6)
        # The mean has no McNemar test: its interval decides.
        sure = (
            p < _LEVEL if p is not None else interval is not None and 0 < interval[0] * interval[1]
        )
        face = style["colour"] if sure else "none"
        mark = "D" if name == "mean corrupted" else "o"
        axes.plot([100 * difference], [place], mark, color=style["colour"], mfc=face, ms=5)
        if p is not None:
            words = "p < 0.001" if p < 0.001 else f"p {p:.2f}" if p >= 0.01 else f"p {p:.3f}"
            axes.annotate(
                words, (1, place), (4, 0), ("axes fraction", "data"), "offset points",
                va="center", fontsize=8.5, alpha=1 if sure else 0.6,
            )  # fmt: skip
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("points", labelpad=1)
    axes.grid(axis="x")
    axes.locator_params(axis="x", nbins=6)
