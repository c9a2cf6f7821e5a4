"""A report as Markdown."""

from keras_distill.robustness.figures.per_class import class_name
from keras_distill.robustness.page.caveats import caveats
from keras_distill.robustness.page.formats import (
    decimal,
    percent,
    percent_interval,
    points,
    points_interval,
    size,
)
from keras_distill.robustness.page.verdict import further, headline, kind_of

# Of more classes than this only the averages are listed.
_MOST = 10


def render_markdown(document):
    """The headline, a row a model, the comparisons, the classes and the caveats."""
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
    lines += _classification(document)
    lines += ["", *[f"- {_plain(caveat)}" for caveat in caveats(document)], ""]
    return "\n".join(lines)


def _classification(document):
    found = document.get("classification") or []
    if not found:
        return []
    lines = ["", "| model | on | class | precision | recall | F1 | support |"]
    lines += ["|---|---|---|---:|---:|---:|---:|"]
    for report in found:
        head = [_plain(report["model"]), report["kind"]]
        rows = report["classes"] if len(report["classes"]) <= _MOST else []
        named = [(_plain(class_name(document, r["class"])), r, f"{r['support']:,}") for r in rows]
        for name, row, support in [*named, ("macro average", report["macro"], "")]:
            scores = [decimal(row[key]) for key in ("precision", "recall", "f1")]
            lines.append(f"| {' | '.join([*head, name, *scores, support])} |")
    return lines


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
