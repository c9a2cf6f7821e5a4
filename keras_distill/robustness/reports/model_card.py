"""What was measured, as metadata of a model card on the Hugging Face hub."""

_TASKS = {
    "image": {"type": "image-classification", "name": "Image Classification"},
    "text": {"type": "text-classification", "name": "Text Classification"},
}
_CLEAN = {
    "clean_accuracy": ("accuracy", "Accuracy"),
    "macro_f1_clean": ("f1", "Macro F1"),
    "ece15_clean": ("ece", "Expected calibration error (15 bins)"),
}
_CORRUPTED = {
    "mean_corrupted_accuracy": ("accuracy", "Accuracy, mean over corruptions and severities"),
    "mce_unnormalised": ("mce_unnormalised", "Mean corrupted error, %"),
    "ece15_corrupted": ("ece", "Expected calibration error (15 bins), mean over the cells"),
}
_HEAD = """\
# Metadata for the README.md of the model's repository on the Hugging Face hub: goes between the
# two lines of --- at its top. Keep the entry of the model that you upload.
"""


def model_card(document):
    """The `model-index` of the hub's model cards, as YAML.

    Reference:
        [Model card metadata](https://huggingface.co/docs/hub/model-cards#model-card-metadata)
    """
    import yaml

    index = [
        {"name": row["model"], "results": _results(document, row)} for row in document["aggregates"]
    ]
    metadata = {"library_name": "keras", "tags": ["keras-distill"], "model-index": index}
    text = yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True, width=100)
    return _HEAD + text


def _results(document, row):
    task, suite = _TASKS[document["data"]["modality"]], document["suite"]
    name = document["data"]["name"] or "unnamed data"
    kind = name.replace(" ", "_")
    results = [_result(task, {"name": name, "type": kind}, row, _CLEAN)]
    if suite["corruptions"]:
        suite_name = suite["name"] or "chosen corruptions"
        data = {
            "name": f"{name}, corrupted ({suite_name}, {suite['source']})",
            "type": kind,
            "config": suite_name.replace(" ", "_"),
        }
        results.append(_result(task, data, row, _CORRUPTED))
    return results


def _result(task, data, row, metrics):
    # Copies, because YAML would write one object in two places as an anchor and an alias.
    found = []
    for key, (metric, name) in metrics.items():
        if row.get(key) is not None:
            interval = row.get(f"{key}_ci95")
            words = "" if interval is None else f" (95 %: {interval[0]:.4g} to {interval[1]:.4g})"
            found.append({"type": metric, "name": name + words, "value": row[key]})
    return {"task": dict(task), "dataset": data, "metrics": found}
