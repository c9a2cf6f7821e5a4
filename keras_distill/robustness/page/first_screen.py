"""What a mobile developer needs to see first: a row a model."""

from keras_distill.robustness.figures.model_styles import model_styles
from keras_distill.robustness.page.verdict import kind_of

_CLASS = {"better": "up", "as good": "same", "not told apart": "open", "worse": "down"}
_MARK = {"better": "▲", "as good": "=", "not told apart": "?", "worse": "▼"}
_MADE = {
    "keras": "Keras model",
    "saved_model": "SavedModel",
    "tflite": ".tflite file",
    "callable": "function",
}


def first_screen(document):
    """A dict per model: facts, aggregates, style, and verdicts against others."""
    kind, styles = kind_of(document), model_styles(document)
    rows = []
    for model, found in zip(document["models"], document["aggregates"], strict=True):
        name = model["name"]
        verdicts = [
            _verdict(item, kind) for item in document["comparisons"] if item["model"] == name
        ]
        rows.append(
            {
                "name": name,
                "made": _MADE[model["format"]],
                "is_baseline": name == document["baseline"],
                "model": model,
                "found": found,
                "style": styles[name],
                "verdicts": verdicts,
            }
        )
    return rows


def _verdict(item, kind):
    word = item[f"{kind}_verdict"]
    return {
        "word": word,
        "css": _CLASS[word],
        "mark": _MARK[word],
        "against": item["against"],
        "difference": item[f"{kind}_difference"],
        "interval": item[f"{kind}_difference_ci95"],
    }
