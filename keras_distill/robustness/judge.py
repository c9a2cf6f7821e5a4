"""From measurements to aggregates and comparisons."""

import numpy as np

from keras_distill.robustness.intervals import (
    bootstrap_means,
    exact_mcnemar,
    percentiles,
    wilson_interval,
)
from keras_distill.robustness.mean_corruption_error import mean_corruption_error

RESAMPLES = 1000


def judge(cells, correct, baseline, seed):
    """Aggregates of every model and its comparison with the baseline.

    Args:
        cells: Cells, for each model in the order of the rows of `correct`; the first is clean.
        correct: `{model: bool (cells, n)}`.
        baseline: Name of one of the models.
        seed: Seed of the bootstrap.

    Returns:
        Two lists of dicts: aggregates, one per model; comparisons, one per other model.
    """
    names = list(correct)
    by_model = {name: [cell for cell in cells if cell.model == name] for name in names}
    corrupted = len(next(iter(correct.values()))) > 1
    clean = np.stack([correct[name][0] for name in names]).astype("float64")
    per_image = [correct[name][1:].mean(axis=0) for name in names] if corrupted else []
    draws = bootstrap_means(np.concatenate([clean, per_image]) if corrupted else clean, seed)
    reference = names.index(baseline)
    aggregates, comparisons = [], []
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
            row["mean_corrupted_accuracy_ci95"] = percentiles(draws[len(names) + index])
            row["ce_vs_baseline"] = _relative(rest, by_model[baseline][1:])
            row["ece15_corrupted"] = float(np.mean([cell.ece15 for cell in rest]))
            row["agreement_corrupted"] = float(np.mean([cell.agreement for cell in rest]))
        aggregates.append(row)
        if name == baseline:
            continue
        comparison = {
            "model": name,
            "baseline": baseline,
            "clean_difference": float(clean[index].mean() - clean[reference].mean()),
            "clean_difference_ci95": percentiles(draws[index] - draws[reference]),
            "clean_mcnemar": exact_mcnemar(correct[name][0], correct[baseline][0]),
            "corrupted_difference": None,
            "corrupted_difference_ci95": None,
        }
        if corrupted:
            mine, other = len(names) + index, len(names) + reference
            difference = per_image[index].mean() - per_image[reference].mean()
            comparison["corrupted_difference"] = float(difference)
            comparison["corrupted_difference_ci95"] = percentiles(draws[mine] - draws[other])
        comparisons.append(comparison)
    return aggregates, comparisons


def _relative(cells, baseline_cells):
    errors, reference = {}, {}
    for table, source in ((errors, cells), (reference, baseline_cells)):
        for cell in source:
            table.setdefault(cell.corruption, []).append(1.0 - cell.accuracy)
    if any(sum(values) <= 0 for values in reference.values()):
        return None
    return mean_corruption_error(errors, reference)
