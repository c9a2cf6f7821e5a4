"""What the measurements say, in sentences."""

import math

from keras_distill.robustness.page.formats import percent, percent_interval, points, points_interval

_THAN = {
    "better": "better than",
    "worse": "worse than",
    "as good": "as good as",
    "not told apart": "not told apart from",
}
_HELPED = {
    "better": "Distillation helped",
    "worse": "Distillation harmed",
    "as good": "Distillation did no harm",
    "not told apart": "Whether distillation helped is not told",
}


def headline(document):
    """One sentence about the model that would be shipped."""
    name = shipped_model(document)
    row = next(row for row in document["aggregates"] if row["model"] == name)
    kind = kind_of(document)
    key = "clean_accuracy" if kind == "clean" else "mean_corrupted_accuracy"
    start = f"On {kind} {noun(document)} {name} is right {percent(row[key])} times in 100"
    item = _main_comparison(document, name)
    if item is None:
        return f"{start} ({percent_interval(row[f'{key}_ci95'])})."
    return f"{start}: {_THAN[item[f'{kind}_verdict']]} {item['against']} ({_figures(item, kind)})."


def further(document):
    """What to know beside the headline: against the baseline, and whether distillation helped."""
    name, kind = shipped_model(document), kind_of(document)
    main = _main_comparison(document, name)
    lines = []
    for item in document["comparisons"]:
        if item is not main and (item["model"], item["against"]) == (name, document["baseline"]):
            lines.append(comparison_sentence(document, item))
        if (item["model"], item["against"]) == ("distilled", "control"):
            lines.append(
                f"{_HELPED[item[f'{kind}_verdict']]}: {comparison_sentence(document, item)}"
            )
    return lines


def comparison_sentence(document, item):
    """Who is better, with the difference, its interval and the margin where it counts."""
    kind = kind_of(document)
    than = _THAN[item[f"{kind}_verdict"]]
    return (
        f"{item['model']} is {than} {item['against']} on {kind} {noun(document)} "
        f"({_figures(item, kind)})."
    )


def sentences(document):
    """How right each model is, then each comparison."""
    lines = []
    for row in document["aggregates"]:
        line = f"{row['model']}: {_share(row, 'clean_accuracy')} of clean {noun(document)} right"
        if row["mean_corrupted_accuracy"] is not None:
            line += f", {_share(row, 'mean_corrupted_accuracy')} of corrupted ones"
        lines.append(line + ".")
    return lines + [comparison_sentence(document, item) for item in document["comparisons"]]


def noun(document):
    """What the examples are, in the plural."""
    return {"image": "pictures", "text": "texts"}[document["data"]["modality"]]


def kind_of(document):
    """What is judged first: "corrupted" where there are corruptions, else "clean"."""
    return "corrupted" if document["suite"]["corruptions"] else "clean"


def shipped_model(document):
    """The smallest file a phone can run or, without one, the smallest model; not the baseline."""
    models = document["models"]
    others = [m for m in models if m["name"] != document["baseline"]]

    def order(model):
        sizes = [model.get("bytes"), model.get("parameters")]
        known = [math.inf if size is None else size for size in sizes]
        # Of equals the last: a control stands before what was made of the same student.
        return model["format"] != "tflite", *known, -models.index(model)

    return min(others, key=order)["name"] if others else document["baseline"]


def _main_comparison(document, name):
    """With the model it was made from or, without that comparison, with the baseline."""
    parent = next(m.get("parent") for m in document["models"] if m["name"] == name)
    against = {item["against"]: item for item in document["comparisons"] if item["model"] == name}
    return against.get(parent) or against.get(document["baseline"])


def _figures(item, kind):
    difference, interval = item[f"{kind}_difference"], item[f"{kind}_difference_ci95"]
    text = f"{points(difference)} points, {points_interval(interval)}"
    if item[f"{kind}_verdict"] in ("as good", "not told apart"):
        text += f"; margin {percent(item['margin'])}"
    return text


def _share(row, key):
    return f"{percent(row[key])} % ({percent_interval(row[f'{key}_ci95'])})"
