"""Every score of one cell as a function of how often each example counts."""

import numpy as np

from keras_distill.robustness.statistics.ranked_scores import RankedScores

BINS = 15


class CellStatistics:
    """The scores of one model on one cell, for the examples as they are or resampled.

    Args:
        record: The model's record, from `example_scores`.
        reference: The baseline's record on the same cell.
        labels: Integer labels, `(n,)`.

    Call with counts `(m, n)`, how often each example is in each of m resamples (all ones are the
    examples themselves). Returns `{metric: array (m,)}`, NaN where a score is undefined:
    `agreement_when_wrong` of a baseline that is always right; `error_consistency` of two models
    that are both always right or both always wrong.

    `ece15` and `ece15_scaled` have 15 bins of equal width on [0, 1], (low, high];
    `ece15_equal_mass` and `aurc` are `RankedScores`'. `macro_f1` is over the classes that occur
    among labels or predictions of the resample. `error_consistency` is κ = 1 − (share of examples
    that only one of the two is right on) / (that share if the two erred independently).

    Reference:
        [Guo et al., 2017](https://arxiv.org/abs/1706.04599) (ECE);
        [Geifman & El-Yaniv, 2017](https://arxiv.org/abs/1705.08500) (risk-coverage);
        [Geirhos et al., 2020](https://arxiv.org/abs/2006.16736) (error consistency).
    """

    def __init__(self, record, reference, labels):
        from scipy import sparse

        n, top = len(labels), record["top"]
        right, base = top == labels, reference["top"] == labels
        self._means = ["nll", "brier", "kl", "js"]
        self._means += ["nll_scaled"] if "nll_scaled" in record else []
        rows = [right, base, right & base, top == reference["top"]]
        rows += [record[name] for name in self._means]
        self._rows = np.stack(rows).astype("float64")
        self._ranked = RankedScores(record["confidence"], right, BINS)
        classes = int(max(top.max(), labels.max())) + 1
        each = np.arange(n)
        # Rows of a sparse matrix: for each class how often it occurs among labels and answers, and
        # how often as both; for each bin the sum of confidence − right.
        shown = [record["confidence"]]
        shown += [record["confidence_scaled"]] if "confidence_scaled" in record else []
        which = [labels, top, classes + top[right]]
        which += [2 * classes + BINS * i + bins_of(seen) for i, seen in enumerate(shown)]
        column = [each, each, each[right], *[each] * len(shown)]
        value = [np.ones(2 * n + int(right.sum()))]
        value += [seen.astype("float64") - right for seen in shown]
        self._sums = sparse.csr_array(
            (np.concatenate(value), (np.concatenate(which), np.concatenate(column))),
            (2 * classes + BINS * len(shown), n),
        )
        self._classes = classes

    def __call__(self, counts):
        n = counts.shape[1]
        # Turned as bytes, which is cheaper than as floats.
        as_float = np.ascontiguousarray(counts.T).astype("float64")
        # Not by BLAS: its threads wait for one another on busy cores, for fifty times as long as
        # the sums take, and their number decides the last bit.
        right, base, both, agree, *means = np.einsum("ij,jk->ik", self._rows, as_float)
        aurc, equal_mass = self._ranked(counts)
        sums = self._sums @ as_float
        occurs, hits, gaps = np.split(sums, [self._classes, 2 * self._classes])
        apart = (right + base - 2 * both) / n
        expected = (right * (n - base) + base * (n - right)) / n**2
        # 0 / 0 where a score is undefined.
        with np.errstate(invalid="ignore"):
            found = {
                "accuracy": right / n,
                "macro_f1": _macro_f1(hits, occurs),
                "aurc": aurc,
                "ece15_equal_mass": equal_mass,
                "agreement": agree / n,
                "error_consistency": 1 - apart / expected,
                "negative_flips": (base - both) / n,
                "positive_flips": (right - both) / n,
                # Where the baseline is right, agreeing is being right.
                "agreement_when_right": both / base,
                "agreement_when_wrong": (agree - both) / (n - base),
            }
        found |= {name: total / n for name, total in zip(self._means, means, strict=True)}
        for name, start in zip(("ece15", "ece15_scaled"), range(0, len(gaps), BINS), strict=False):
            found[name] = np.abs(gaps[start : start + BINS]).sum(axis=0) / n
        return found


def bins_of(confidence):
    """Index of each confidence's bin of 15 on [0, 1], (low, high]."""
    # In float32, as they are kept: 0.6 is the upper edge of the ninth, not in the tenth.
    scaled = np.ceil(np.asarray(confidence, "float32") * np.float32(BINS))
    return np.clip(scaled.astype("int64") - 1, 0, BINS - 1)


def _macro_f1(hits, found):
    present = found > 0
    return (2 * hits / np.maximum(found, 1)).sum(axis=0) / present.sum(axis=0)
