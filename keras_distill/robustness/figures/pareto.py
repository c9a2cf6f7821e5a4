"""Accuracy against what it costs."""

from keras_distill.robustness.figures.canvas import INK, canvas
from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.figures.panel import Panel

_COSTS = {"bytes": ("size, KiB", 1 / 1024), "latency_ms_p50": ("time per example, ms", 1.0)}


def pareto(document):
    """A panel for size and one for time: hollow is clean, filled is corrupted."""
    panels = []
    for fact, (title, unit) in _COSTS.items():
        costs = {model["name"]: model.get(fact) for model in document["models"]}
        costs = {name: unit * cost for name, cost in costs.items() if cost}
        if len(costs) > 1:
            with canvas(f"pareto {fact}", (340, 200), (32, 12, 34, 8)) as made:
                _draw(made.axes, document, costs, title)
            panels.append(Panel(f"accuracy against {title.split(',')[0]}", made.svg))
    return panels


def _draw(axes, document, costs, title):
    for row in document["aggregates"]:
        if row["model"] not in costs:
            continue
        style, x = model_styles(document)[row["model"]], costs[row["model"]]
        clean, corrupted = 100 * row["clean_accuracy"], row["mean_corrupted_accuracy"]
        form = {"marker": style["mark"], "color": style["colour"], "ms": 7}
        if corrupted is not None:
            start, end = (x, clean), (x, 100 * corrupted)
            line = {"arrowstyle": "->", "color": style["colour"], "lw": 1.2, "shrinkB": 5}
            axes.annotate("", end, start, arrowprops=line)
            axes.plot(*end, **form)
        axes.plot(x, clean, mfc="none", **form)
    axes.set_xscale("log")
    low, high = min(costs.values()), max(costs.values())
    axes.set_xlim(low / 1.6, high * 1.6)
    axes.set_xticks(*_ticks(low / 1.6, high * 1.6))
    axes.minorticks_off()
    axes.set_xlabel(title, labelpad=1)
    axes.grid()
    axes.margins(y=0.12)
    axes.tick_params(colors=INK)


def _ticks(low, high):
    """Round numbers between `low` and `high`, as places and as text."""
    steps = [m * 10.0**e for e in range(-6, 13) for m in (1, 2, 5)]
    places = [step for step in steps if low <= step <= high]
    places = places if len(places) <= 5 else places[:: -(-len(places) // 5)]
    return places, [f"{place:,.10g}" for place in places]
