"""One line a fold: what its figures show, for who does not open it."""

from keras_distill.robustness.figures.per_class import class_name
from keras_distill.robustness.page.formats import decimal, duration, percent, size, words
from keras_distill.robustness.page.verdict import shipped_model


def fold_notes(document):
    """`{fold: sentence}` about the model that would be shipped; "" where nothing is to be said."""
    name = shipped_model(document)
    row = next(row for row in document["aggregates"] if row["model"] == name)
    model = next(model for model in document["models"] if model["name"] == name)
    notes = {
        "costs": f"{name}: {size(model.get('bytes'))}, {duration(model.get('latency_ms_p50'))}",
        "calibration": _calibration(name, row),
        "fidelity": _fidelity(document, name, row),
        "forest": _forest(document),
    }
    worst = row["worst_corruption"]
    if worst:
        notes["heat"] = (
            f"hardest for {name}: {words(worst['name'])}, {percent(worst['accuracy'])} of 100 right"
        )
    worst = row["worst_class_corrupted"] or row["worst_class_clean"]
    if worst:
        share = percent(worst["accuracy"])
        notes["classes"] = (
            f"worst for {name}: {class_name(document, worst['class'])}, {share} of 100"
        )
    return notes


def _calibration(name, row):
    if row["ece15_clean"] is None:
        return ""
    text = f"{name} states its confidence wrong by {decimal(100 * row['ece15_clean'], 1)} points"
    if row["ece15_corrupted"] is not None:
        text += f" on clean data, by {decimal(100 * row['ece15_corrupted'], 1)} on corrupted"
    return text


def _fidelity(document, name, row):
    if name == document["baseline"] or row["agreement_clean"] is None:
        return ""
    text = (
        f"{name} answers as {document['baseline']} does on {percent(row['agreement_clean'])} of 100"
    )
    if row["agreement_corrupted"] is not None:
        text += f" clean, {percent(row['agreement_corrupted'])} of 100 corrupted"
    return text


def _forest(document):
    rows = [row for item in document["comparisons"] for row in item["by_corruption"]]
    sure = sum(row["p_holm"] < 0.05 for row in rows)
    return f"{sure} of {len(rows)} differences remain after Holm's correction" if rows else ""
