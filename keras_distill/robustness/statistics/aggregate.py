"""One row for each model."""

import numpy as np

from keras_distill.robustness.statistics.alexnet_errors import alexnet_errors
from keras_distill.robustness.statistics.intervals import percentiles

_BOTH = (
    "nll", "brier", "ece15", "ece15_equal_mass", "nll_scaled", "ece15_scaled", "aurc", "agreement",
    "kl", "js", "error_consistency", "negative_flips", "positive_flips", "agreement_when_right",
    "agreement_when_wrong",
)  # fmt: skip


def aggregate(name, scores, baseline, classes, groups, alexnet):
    """What one model's cells come to.

    Args:
        name: The model.
        scores: Its `ModelScores`.
        baseline: The baseline's.
        classes: Its rows of `per_class`.
        groups: `{group: [corruptions]}`.
        alexnet: Whether `mce_alexnet` may be computed.

    Returns:
        A dict; see the schema of report.json. Every measure `x` has its `x_ci95`. Ratios have the
        percentiles of their draws' ratios; they are `None` where the baseline errs nowhere on some
        corruption (CE) or loses nothing on it (relative CE). The worst corruption and the worst
        class are picked by their scores, so their true accuracy is likely somewhat higher.
    """
    row = {"model": name}

    def put(key, found):
        row[key], row[f"{key}_ci95"] = found

    put("clean_accuracy", scores.clean("accuracy"))
    put("mean_corrupted_accuracy", scores.corrupted("accuracy"))
    corruptions = list(dict.fromkeys(kind for kind, _ in scores.cells[1:]))
    for key, found in _ratios(scores, baseline, corruptions, alexnet).items():
        put(key, found)
    put("macro_f1_clean", scores.clean("macro_f1"))
    for metric in _BOTH:
        put(f"{metric}_clean", scores.clean(metric))
        put(f"{metric}_corrupted", scores.corrupted(metric))
    row["by_group"] = {}
    for group, members in groups.items():
        if set(members) & set(corruptions):
            value, interval = scores.mean_accuracy(members)
            row["by_group"][group] = {"accuracy": value, "accuracy_ci95": interval}
    row["worst_corruption"] = None
    if corruptions:
        worst = min(corruptions, key=lambda kind: scores.mean_accuracy([kind])[0])
        value, interval = scores.mean_accuracy([worst])
        row["worst_corruption"] = {"name": worst, "accuracy": value, "accuracy_ci95": interval}
    for key in ("clean", "corrupted"):
        known = [item for item in classes if item[key] is not None]
        worst = min(known, key=lambda item: item[key]) if known else None
        row[f"worst_class_{key}"] = worst and {
            "class": worst["class"], "accuracy": worst[key], "accuracy_ci95": worst[f"{key}_ci95"]
        }  # fmt: skip
    return row


def _ratios(scores, baseline, corruptions, alexnet):
    keys = ("relative_accuracy", "mce_unnormalised", "ce_vs_baseline", "relative_mce_vs_baseline")
    found = dict.fromkeys((*keys, "mce_alexnet"), (None, None))
    if not corruptions:
        return found
    mean, spread = scores.corrupted("accuracy")
    if scores.accuracy[0] > 0:
        found["relative_accuracy"] = _estimated(
            scores, lambda table: table[1:].mean(axis=0) / table[0]
        )
    # 100 · (1 − mean), so the interval turns over.
    found["mce_unnormalised"] = 100 * (1 - mean), [100 * (1 - bound) for bound in spread[::-1]]
    which = {
        kind: [i for i, (name, _) in enumerate(scores.cells) if name == kind]
        for kind in corruptions
    }

    def ratio(clean):
        def mean_of_ratios(mine, its):
            loss = [
                sum(clean * table[0] - table[i] + (1 - clean) for i in cells)
                for cells in which.values()
                for table in (mine, its)
            ]
            above, below = np.stack(loss[::2]), np.stack(loss[1::2])
            # A sum of nothing or less makes no ratio; nothing may come out as 1e-17.
            return 100 * (above / np.where(below > 1e-9, below, np.nan)).mean(axis=0)

        return mean_of_ratios

    for key, clean in (("ce_vs_baseline", 0), ("relative_mce_vs_baseline", 1)):
        found[key] = _estimated(scores, ratio(clean), baseline)
    table = alexnet_errors()["corrupted"]
    needed = {(kind, severity) for kind in table for severity in range(1, 6)}
    if alexnet and needed <= set(scores.cells):

        def canonical(accuracy):
            sums = [sum(1 - accuracy[i] for i in which[kind]) / sum(table[kind]) for kind in table]
            return 100 * np.mean(sums, axis=0)

        found["mce_alexnet"] = _estimated(scores, canonical)
    return found


def _estimated(scores, function, baseline=None):
    """Value of a function of the cells' accuracies, and the percentiles of it on the draws."""
    models = [scores] if baseline is None else [scores, baseline]
    value = float(function(*(model.accuracy for model in models)))
    if not np.isfinite(value):
        return None, None
    with np.errstate(invalid="ignore", divide="ignore"):
        return value, percentiles(function(*(model.accuracy_draws for model in models)))
