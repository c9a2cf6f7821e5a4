"""From measurements to aggregates and comparisons."""

import numpy as np

from keras_distill.robustness.intervals import (
    bootstrap_means,
    exact_mcnemar,
    holm,
    percentiles,
    wilson_interval,
)
from keras_distill.robustness.mean_corruption_error import mean_corruption_error

RESAMPLES = 1000


def judge(cells, correct, baseline, pairs, seed):
    """Aggregates of every model, and comparisons of pairs of them.

    Args:
        cells: Cells, for each model in the order of the rows of `correct`; the first is clean.
        correct: `{model: bool (cells, n)}`.
        baseline: Name of one of the models.
        pairs: `(model, other)` names; each is compared as model − other.
        seed: Seed of the bootstrap.

    Returns:
        Two lists of dicts: aggregates, one per model; comparisons, one per pair.
    """
    names = list(correct)
    by_model = {name: [cell for cell in cells if cell.model == name] for name in names}
    corrupted = len(next(iter(correct.values()))) > 1
    clean = np.stack([correct[name][0] for name in names]).astype("float64")
    per_image = [correct[name][1:].mean(axis=0) for name in names] if corrupted else []
    draws = bootstrap_means(np.concatenate([clean, per_image]) if corrupted else clean, seed)
    aggregates = []
    for index, name in enumerate(names):
        first, *rest = by_model[name]
        row = {
            "model": name,
            "clean_accuracy": first.accuracy,
            "clean_accuracy_ci95": wilson_interval(int(correct[name][0].sum()), first.n),
            "mean_corrupted_accuracy": None,
            "mean_corrupted_accuracy_ci95": None,
            "ce_vs_baseline": None,
            "ece15_clean": first.ece15,
            "ece15_corrupted": None,
            "agreement_clean": first.agreement,
            "agreement_corrupted": None,
            "macro_f1_clean": first.macro_f1,
        }
        if corrupted:
            row["mean_corrupted_accuracy"] = float(per_image[index].mean())
            row["mean_corrupted_accuracy_ci95"] = _mean_interval(
                row["mean_corrupted_accuracy"], draws[len(names) + index], first.n
            )
            row["ce_vs_baseline"] = _relative(rest, by_model[baseline][1:])
            row["ece15_corrupted"] = float(np.mean([cell.ece15 for cell in rest]))
            row["agreement_corrupted"] = float(np.mean([cell.agreement for cell in rest]))
        aggregates.append(row)
    comparisons = []
    for name, other in pairs:
        mine, its = names.index(name), names.index(other)
        comparison = {
            "model": name,
            "against": other,
            "clean_difference": float(clean[mine].mean() - clean[its].mean()),
            "clean_difference_ci95": percentiles(draws[mine] - draws[its]),
            "clean_mcnemar": exact_mcnemar(correct[name][0], correct[other][0]),
            "corrupted_difference": None,
            "corrupted_difference_ci95": None,
        }
        if corrupted:
            difference = per_image[mine].mean() - per_image[its].mean()
            spread = draws[len(names) + mine] - draws[len(names) + its]
            comparison["corrupted_difference"] = float(difference)
            comparison["corrupted_difference_ci95"] = percentiles(spread)
        comparisons.append(comparison)
    corrected = holm([item["clean_mcnemar"]["p_exact"] for item in comparisons])
    for item, p in zip(comparisons, corrected, strict=True):
        item["clean_mcnemar"]["p_holm"] = p
    return aggregates, comparisons


def _mean_interval(share, draws, n):
    # Images all right, or all wrong, resample to themselves: no spread, but no certainty either.
    if share in (0.0, 1.0):
        return wilson_interval(round(share * n), n)
    return percentiles(draws)


def _relative(cells, baseline_cells):
    errors, reference = {}, {}
    for table, source in ((errors, cells), (reference, baseline_cells)):
        for cell in source:
            table.setdefault(cell.corruption, []).append(1.0 - cell.accuracy)
    if any(sum(values) <= 0 for values in reference.values()):
        return None
    return mean_corruption_error(errors, reference)
