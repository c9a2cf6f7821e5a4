"""How each class fares."""

import numpy as np

from keras_distill.robustness.statistics.intervals import percentiles, wilson_interval


def per_class(right, labels, counts):
    """Accuracy of one model on each class, clean and corrupted, and the drop between them.

    Args:
        right: Whether the model is right, boolean `(cells, n)`; the first cell is clean.
        labels: Integer labels, `(n,)`; classes that have none are left out.
        counts: From `resample_counts`.

    Returns:
        A list of dicts: `class`, `n`, `clean`, `corrupted` (mean over the corrupted cells, `None`
        without any), `drop` (clean − corrupted), each measure with its `_ci95`: Wilson's for
        `clean` and for a `corrupted` of exactly 0 or 1, else the bootstrap's, where the
        number of examples of the class varies as it does in the data.
    """
    classes, which, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    clean = right[0].astype("float64")
    found = []
    draws = None
    if len(right) > 1:
        corrupted = right[1:].mean(axis=0)
        draws = _means_by_class(np.stack([corrupted, clean - corrupted]), which, counts)
    for index, label in enumerate(classes):
        members = which == index
        n, hits = int(sizes[index]), int(clean[members].sum())
        row = {"class": int(label), "n": n}
        row |= {"clean": hits / n, "clean_ci95": wilson_interval(hits, n)}
        if draws is None:
            row |= {"corrupted": None, "corrupted_ci95": None, "drop": None, "drop_ci95": None}
        else:
            mean = float(corrupted[members].mean())
            sure = mean in (0.0, 1.0)
            interval = wilson_interval(round(mean * n), n) if sure else percentiles(draws[0, index])
            row |= {"corrupted": mean, "corrupted_ci95": interval}
            row |= {"drop": row["clean"] - mean, "drop_ci95": percentiles(draws[1, index])}
        found.append(row)
    return found


def _means_by_class(values, which, counts):
    """Means of each row of values within each class and resample: (rows, classes, resamples)."""
    from scipy import sparse

    n, each = len(which), np.arange(len(which))
    rows = [np.ones(n), *values]
    tables = [sparse.csr_array((row, (which, each))) for row in rows]
    step = max(1, (1 << 21) // n)
    parts = []
    for start in range(0, len(counts), step):
        chunk = counts[start : start + step].T.astype("float64", order="C")
        size, *sums = (table @ chunk for table in tables)
        # 0 / 0 where a resample has none of a class.
        with np.errstate(invalid="ignore"):
            parts.append(np.stack(sums) / size)
    return np.concatenate(parts, axis=-1)
