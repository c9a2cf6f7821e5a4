"""What the measurements say, in sentences."""

import math


def headline(report):
    """What the shipped file keeps of the baseline, and whether distillation helped."""
    baseline = report.document["baseline"]
    others = [item for item in report.comparisons if item["against"] == baseline]
    if not others:
        return report.summary()
    parts = [_kept(report, others)]
    for item in report.comparisons:
        if (item["model"], item["against"]) == ("distilled", "control"):
            parts.append(_helped(item))
    return " ".join(parts)


def sentences(report):
    """How right each model is, then each comparison."""
    lines = []
    for found in report.aggregates:
        line = f"{found['model']}: {_share(found, 'clean_accuracy')} of clean images right"
        if found["mean_corrupted_accuracy"] is not None:
            line += f", {_share(found, 'mean_corrupted_accuracy')} of corrupted ones"
        lines.append(line + ".")
    for item in report.comparisons:
        kind, _, low, high = _difference(item)
        verdict = "better" if low > 0 else "worse" if high < 0 else "not told apart"
        lines.append(
            f"{item['model']} against {item['against']} on {kind} images: "
            f"{_points(item)}: {verdict}."
        )
    return lines


def caveats(report):
    """What a reader must not conclude."""
    n = report.document["data"]["n"]
    return [
        f"Measured on {n:,} images; intervals cover the choice of images (95 %), not the "
        "seed of training: another training run may differ by more.",
        "Intervals of single cells are Wilson's; those of means and differences are bootstraps "
        "over images that carry all their cells along (1,000 resamples), except that a mean of "
        "exactly 0 or 100 % gets Wilson's.",
        "A difference of +0.0 to +0.0 says that no image here was judged differently; up to "
        f"{300 / n:.1f} in 100 others still may be.",
        "McNemar's p-values are corrected for their number after Holm; the intervals are not.",
        "Accuracy need not fall with every step of severity. CE relative to the baseline is not "
        "ImageNet-C's mCE, whose baseline is AlexNet.",
    ]


def _kept(report, others):
    """On the smallest file a phone can run or, without one, the smallest model."""
    rows = {row["model"]: row for row in report.rows()}
    formats = {model["name"]: model["format"] for model in report.document["models"]}

    def size(item):
        kib = rows[item["model"]]["kib"]
        return formats[item["model"]] != "tflite", math.inf if kib is None else kib

    item = min(others, key=size)
    kind, _, low, high = _difference(item)
    key = "clean_accuracy" if kind == "clean" else "mean_corrupted_accuracy"
    mine, its = (100 * rows[name][key] for name in (item["model"], item["against"]))
    word = "clean" if kind == "clean" else "blurred, noisy or damaged"
    verdict = "better" if low > 0 else "worse" if high < 0 else "not told apart"
    return (
        f"On {word} pictures {item['model']} is right on {mine:.1f} in 100 where "
        f"{item['against']} is right on {its:.1f}: {_points(item)}, {verdict}."
    )


def _helped(item):
    kind, _, low, high = _difference(item)
    verdict = "helped" if low > 0 else "harmed" if high < 0 else "made no difference to be told"
    return f"Distillation {verdict} on {kind} pictures: {_points(item)} against control."


def _difference(item):
    kind = "clean" if item["corrupted_difference"] is None else "corrupted"
    return kind, item[f"{kind}_difference"], *item[f"{kind}_difference_ci95"]


def _points(item):
    _, value, low, high = _difference(item)
    return f"{100 * value:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"


def _share(found, key):
    low, high = found[f"{key}_ci95"]
    return f"{100 * found[key]:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
