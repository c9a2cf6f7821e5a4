"""A report as HTML and Markdown."""

import pathlib

import numpy as np

from keras_distill.robustness.verdict import caveats, headline

_TEMPLATES = pathlib.Path(__file__).parent
# Cividis at seven points: read alike with and without colour vision.
_SCALE = np.array(
    [(0, 34, 78), (49, 68, 107), (87, 93, 109), (124, 123, 120), (165, 156, 116), (211, 193, 100),
     (254, 232, 56)]
)  # fmt: skip


def render_html(report, curves):
    """The single-file page; `curves` is SVG of our own making."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = _percent
    environment.filters["points"] = _points
    environment.filters["shade"] = _shade
    template = environment.get_template("report.html.jinja")
    return template.render(**_context(report), curves=curves)


def render_markdown(report):
    """The main table and the summary as Markdown."""
    lines = ["# Robustness report", ""]
    lines += [line.replace("|", "\\|") + "  " for line in report.summary().splitlines()]
    lines += ["", "| model | clean | corrupted | agreement | KiB |", "|---|---:|---:|---:|---:|"]
    for row, found in zip(report.rows(), report.aggregates, strict=True):
        parts = [
            row["model"].replace("|", "\\|"),
            _percent(found["clean_accuracy"], found["clean_accuracy_ci95"]),
            _percent(found["mean_corrupted_accuracy"], found["mean_corrupted_accuracy_ci95"]),
            _percent(row["agreement"]),
            "–" if row["kib"] is None else f"{row['kib']:.1f}",
        ]
        lines.append(f"| {' | '.join(parts)} |")
    lines += ["", *[f"- {caveat}" for caveat in caveats(report)], ""]
    return "\n".join(lines)


def _context(report):
    document = report.document
    names = [model["name"] for model in document["models"]]
    accuracy = {}
    for cell in report.cells:
        accuracy.setdefault((cell.corruption, cell.model), []).append(cell.accuracy)
    heat = [
        (name, [float(np.mean(accuracy[name, model])) for model in names])
        for name in ["clean", *document["suite"]["corruptions"]]
    ]
    return {
        "document": document,
        "names": names,
        "rows": list(zip(report.rows(), report.aggregates, strict=True)),
        "comparisons": {
            item["model"]: item
            for item in report.comparisons
            if item["against"] == document["baseline"]
        },
        "comparison_list": report.comparisons,
        "cells": report.cells,
        "heat": heat,
        "headline": headline(report),
        "caveats": caveats(report),
    }


def _percent(value, interval=None):
    if value is None:
        return "–"
    text = f"{100 * value:.1f} %"
    return text if interval is None else f"{text} ({100 * interval[0]:.1f}–{100 * interval[1]:.1f})"


def _points(value, interval):
    if value is None:
        return "–"
    return f"{100 * value:+.1f} ({100 * interval[0]:+.1f} to {100 * interval[1]:+.1f})"


def _shade(value):
    """Background and text colour of a heat map's cell, as CSS."""
    at = np.linspace(0, 1, len(_SCALE))
    red, green, blue = (round(float(np.interp(value, at, _SCALE[:, i]))) for i in range(3))
    bright = 0.299 * red + 0.587 * green + 0.114 * blue > 125
    return f"background:rgb({red},{green},{blue});color:{'#000' if bright else '#fff'}"
