"""The objective over each number that was searched."""

import numpy as np

from keras_distill.search.ranges import LINEAR, is_searched

# What the points of a panel are coloured by.
_PARTNER = {"temperature": "student_loss_weight", "student_loss_weight": "temperature"}


def search_plot(result):
    """A panel for each number that was searched.

    A point is a trial, coloured by another number; the line is the mean of the trials near by,
    weighted by their distance, a tenth of the panel wide.

    Args:
        result: A `SearchResult`.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    from matplotlib.figure import Figure

    names = [name for name, ends in result.searched.items() if is_searched(ends)]
    names = [name for name in names if any(row[name] is not None for row in result.completed())]
    figure = Figure(figsize=(4.6 * max(len(names), 1), 4.0), layout="constrained", dpi=150)
    panels = figure.subplots(1, max(len(names), 1), squeeze=False)[0]
    for name, axes in zip(names, panels, strict=False):
        _panel(figure, axes, result, name, _partner(name, names))
    if not names:
        _losses(panels[0], result)
    panels[0].set_ylabel(result.objective)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    return figure


def _panel(figure, axes, result, name, partner):
    rows = [row for row in result.completed() if row[name] is not None]
    x = np.array([row[name] for row in rows])
    y = np.array([row[result.objective] for row in rows])
    linear = name in LINEAR
    if not linear:
        axes.set_xscale("log")
    ends = (min(result.searched[name][0], x.min()), max(result.searched[name][1], x.max()))
    if len(rows) > 3:
        axes.plot(*local_mean(x, y, ends, linear), color="0.6", zorder=1, label="mean near by")
    colours = {}
    if partner is not None:
        from matplotlib.colors import LogNorm

        shades = np.array([np.nan if row[partner] is None else row[partner] for row in rows])
        norm = None if partner in LINEAR or np.isnan(shades).all() else LogNorm()
        colours = {"c": shades, "cmap": "viridis", "norm": norm, "plotnonfinite": True}
    points = axes.scatter(x, y, s=34, zorder=2, edgecolors="white", linewidths=0.5, **colours)
    if partner is not None:
        bar = figure.colorbar(points, ax=axes, label=partner.replace("_", " "))
        if norm is not None and np.nanmax(shades) / np.nanmin(shades) < 100:
            ticks, words = _plain_ticks((np.nanmin(shades), np.nanmax(shades)))
            bar.set_ticks(ticks, labels=words)
            bar.minorticks_off()
    _mark(axes, result, result.trials[0], name, "D", "default")
    _mark(axes, result, result.best_trial, name, "*", "best")
    axes.set_xlabel(name.replace("_", " "))
    if not linear and ends[1] / ends[0] < 100:
        axes.set_xticks(*_plain_ticks(ends))
        axes.minorticks_off()
    axes.grid(alpha=0.25)


def _mark(axes, result, row, name, marker, label):
    if row["status"] == "completed" and row[name] is not None:
        axes.scatter(
            row[name],
            row[result.objective],
            s=170 if marker == "*" else 95,
            marker=marker,
            facecolors="none",
            edgecolors="crimson",
            linewidths=1.6,
            zorder=3,
            label=f"{label}: {row[result.objective]:.4f}",
        )


def _plain_ticks(ends):
    """1, 2, 5, 10, 20 in place of powers of ten, of which there would be one; and in words."""
    ticks = [a * 10.0**b for b in range(-6, 4) for a in (1, 2, 5)]
    ticks = [tick for tick in ticks if ends[0] <= tick <= ends[1]]
    return ticks, [f"{tick:g}" for tick in ticks]


def _losses(axes, result):
    """Nothing but losses was searched: a column of points for each."""
    rows = result.completed()
    axes.scatter(
        [row["distillation_loss"] for row in rows], [row[result.objective] for row in rows]
    )
    axes.tick_params("x", rotation=20)


def local_mean(x, y, ends, linear):
    """A mean of y that moves along x, weighted by a Gaussian a tenth of the range wide.

    Args:
        x: Positions, one dimension.
        y: Values at them.
        ends: Of the range.
        linear: Whether distances are differences; otherwise they are ratios.

    Returns:
        `(positions, means)`, where there are trials within a tenth.
    """
    scale = (lambda value: value) if linear else np.log
    low, high = scale(np.asarray(ends, "float64"))
    along = np.linspace(low, high, 101)
    distance = (along[:, None] - scale(np.asarray(x, "float64"))) / (high - low)
    weights = np.exp(-0.5 * (distance / 0.1) ** 2)
    near = np.abs(distance).min(axis=1) <= 0.1
    means = (weights * y).sum(axis=1)[near] / weights.sum(axis=1)[near]
    return (along if linear else np.exp(along))[near], means


def _partner(name, names):
    wanted = _PARTNER.get(name, "temperature")
    others = [wanted, *(other for other in names if other != name)]
    return next((other for other in others if other in names), None)
