"""A report as Markdown."""

from keras_distill.robustness.page.caveats import caveats
from keras_distill.robustness.page.formats import (
    percent,
    percent_interval,
    points,
    points_interval,
    size,
)
from keras_distill.robustness.page.verdict import further, headline, kind_of


def render_markdown(document):
    """The headline, a row a model, the comparisons and the caveats."""
    lines = ["# Robustness report", "", f"**{_plain(headline(document))}**", ""]
    lines += [_plain(line) + "  " for line in further(document)]
    lines += ["", "| model | clean, % | corrupted, % | same answer, % | size |"]
    lines += ["|---|---:|---:|---:|---:|"]
    for model, row in zip(document["models"], document["aggregates"], strict=True):
        parts = [
            _plain(row["model"]),
            _share(row, "clean_accuracy"),
            _share(row, "mean_corrupted_accuracy"),
            percent(row["agreement_clean"]),
            size(model.get("bytes")),
        ]
        lines.append(f"| {' | '.join(parts)} |")
    kind = kind_of(document)
    if document["comparisons"]:
        lines += ["", f"| model | against | difference, {kind} | verdict |", "|---|---|---:|---|"]
    for item in document["comparisons"]:
        difference = points(item[f"{kind}_difference"])
        interval = points_interval(item[f"{kind}_difference_ci95"])
        parts = [_plain(item["model"]), _plain(item["against"]), f"{difference} ({interval})"]
        lines.append(f"| {' | '.join(parts)} | {item[f'{kind}_verdict']} |")
    lines += ["", *[f"- {_plain(caveat)}" for caveat in caveats(document)], ""]
    return "\n".join(lines)


def _plain(text):
    """Without what Markdown or HTML would read as marks."""
    for mark in "\\`*_{}[]<>|$":
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split())


def _share(row, key):
    value, interval = row[key], row[f"{key}_ci95"]
    return (
        percent(value) if interval is None else f"{percent(value)} ({percent_interval(interval)})"
    )
