"""What each class loses."""

from keras_distill.robustness.figures.canvas import INK, canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel

_MOST = 20
_LINE = 20


def per_class(document):
    """Panels of the drop from clean to corrupted; of many classes, the 20 that drop most."""
    rows = [row for row in document.get("per_class", []) if row["drop"] is not None]
    if not rows:
        return []
    drops = {}
    for row in rows:
        drops.setdefault(row["class"], []).append(row["drop"])
    classes = sorted(drops, key=lambda number: -sum(drops[number]) / len(drops[number]))[:_MOST]
    styles = model_styles(document)
    with canvas("per_class", (340, _LINE * len(classes) + 40), (112, 10, 34, 6)) as made:
        for index, (model, style) in enumerate(styles.items()):
            shift = 0.6 * ((index + 0.5) / len(styles) - 0.5)
            for row in rows:
                if row["model"] == model and row["class"] in classes:
                    _dot(made.axes, row, classes.index(row["class"]) + shift, style)
        made.axes.axvline(0, color=INK, lw=0.8)
        made.axes.set_ylim(len(classes) - 0.4, -0.6)
        made.axes.set_yticks(range(len(classes)), [class_name(document, c) for c in classes])
        made.axes.tick_params(axis="y", length=0)
        made.axes.spines["left"].set_visible(False)
        made.axes.set_xlabel("points lost", labelpad=1)
        made.axes.grid(axis="x")
    return [Panel("lost from clean to corrupted", made.svg)]


def class_name(document, number):
    """The name of a class; its number where names are unknown."""
    names = document["data"]["class_names"] or []
    name = names[number] if number < len(names) else f"class {number}"
    return name if len(name) <= 18 else name[:17] + "…"


def _dot(axes, row, place, style):
    colour = style["colour"]
    if row["drop_ci95"] is not None:
        axes.plot([100 * x for x in row["drop_ci95"]], [place] * 2, color=colour, lw=1, alpha=0.6)
    axes.plot([100 * row["drop"]], [place], style["mark"], color=colour, ms=4)
