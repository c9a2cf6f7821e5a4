"""Scores of one model on one cell, with their intervals."""

import numpy as np

from keras_distill.robustness.statistics.cell_statistics import CellStatistics
from keras_distill.robustness.statistics.intervals import percentiles, reflected, wilson_interval

METRICS = (
    "accuracy", "macro_f1", "nll", "brier", "ece15", "ece15_equal_mass", "nll_scaled",
    "ece15_scaled", "aurc", "agreement", "kl", "js", "error_consistency", "negative_flips",
    "positive_flips", "agreement_when_right", "agreement_when_wrong",
)  # fmt: skip
CALIBRATION_ERRORS = ("ece15", "ece15_equal_mass", "ece15_scaled")
_BLOCK = 1 << 17


def cell_scores(record, reference, labels, counts):
    """Every metric of a cell, its 95 % interval, and its draws.

    Shares of examples (accuracy, agreement, also where the baseline is right or wrong, and flips)
    get Wilson's interval, which stays honest at 0 and 1; calibration errors the reflected
    bootstrap, because they are biased upwards (see `intervals.reflected`); everything else the
    percentiles of the bootstrap.

    Args:
        record: The model's record, from `example_scores`.
        reference: The baseline's on the same cell; `record` itself for the baseline.
        labels: Integer labels, `(n,)`.
        counts: From `resample_counts`; the same for all cells and models of a report.

    Returns:
        Two dicts. The first holds `metric` and `metric_ci95` for each of METRICS, both `None`
        where undefined (`nll_scaled` and `ece15_scaled` where the record has no temperature). The
        second holds `{metric: float64 array (resamples,)}`, NaN where a draw is undefined.
    """
    statistics = CellStatistics(record, reference, labels)
    resamples, n = counts.shape
    exact = {name: value[0] for name, value in statistics(np.ones((1, n), "uint8")).items()}
    # In blocks of resamples: at n = 50,000 all thousand at once would take gigabytes.
    step = max(1, _BLOCK // n)
    draws = {name: np.empty(resamples) for name in exact}
    for start in range(0, resamples, step):
        found = statistics(counts[start : start + step])
        for name, values in found.items():
            draws[name][start : start + step] = values
    trusted = int(np.sum(reference["top"] == labels))
    trials = {name: n for name in ("accuracy", "agreement", "negative_flips", "positive_flips")}
    trials |= {"agreement_when_right": trusted, "agreement_when_wrong": n - trusted}
    row = {}
    for name in METRICS:
        value = exact.get(name, np.nan)
        if not np.isfinite(value):
            row |= {name: None, f"{name}_ci95": None}
        elif name in trials:
            interval = wilson_interval(round(value * trials[name]), trials[name])
            row |= {name: float(value), f"{name}_ci95": interval}
        elif name in CALIBRATION_ERRORS:
            row |= {name: float(value), f"{name}_ci95": reflected(value, draws[name])}
        else:
            row |= {name: float(value), f"{name}_ci95": percentiles(draws[name])}
    return row, draws
