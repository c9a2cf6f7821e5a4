"""Scores that depend on the order of the confidences."""

import numpy as np


class RankedScores:
    """AURC and equal-mass ECE of resamples of one cell.

    *AURC*, the area under the risk-coverage curve: the k most confident answers are kept, for
    k = 1 … n; the mean over k of their error rates.
    *Equal-mass ECE*: the answers in order of confidence are split into `bins` parts as
    `numpy.array_split` splits them; the mean over answers of their part's |accuracy − confidence|.

    Answers of equal confidence have no order, so both take the mean over all orders: within a tie
    the errors grow evenly. The result is therefore the same for any order of the examples. Copies
    of an example within a resample are such a tie. (The confidences of an 8-bit file take at most
    256 values; ties are the rule there.)

    Args:
        confidence: Confidence of each answer, `(n,)`.
        right: Whether each is right, boolean `(n,)`.
        bins: Number of bins of the ECE.

    Call with counts `(m, n)`, how often each example is in each of m resamples; every row sums to
    n. Returns two arrays `(m,)`: AURC and ECE.
    """

    def __init__(self, confidence, right, bins=15):
        n = len(confidence)
        # Wrong ones first within a tie, so that a tie's errors are one stretch.
        self._order = np.lexsort((right, -confidence))
        confidence, right = confidence[self._order], right[self._order]
        starts = np.flatnonzero(np.r_[True, confidence[1:] != confidence[:-1]])
        wrong = np.add.reduceat(~right, starts, dtype="int64")
        stops = np.r_[starts[1:], n]
        # Ends of the ties, with the 0 before the first.
        self._ends = np.r_[0, stops]
        self._gap = confidence.astype("float64") - right
        # An error at place p is among the first k ones for k = p … n and adds 1/k to each; the
        # sum of that over the places 1 … k is risk[k], written with harmonic numbers.
        k, harmonic = np.arange(n + 1), np.r_[0.0, np.cumsum(1.0 / np.arange(1, n + 1))]
        self._risk = k * harmonic[n] - (k * harmonic - k)
        # A tie that is all wrong adds risk[its end] − risk[its start]; one that is partly wrong,
        # its share of that, which each resample changes.
        all_wrong = wrong == stops - starts
        sign = np.r_[0.0, all_wrong] - np.r_[all_wrong, 0.0]
        self._turns = np.flatnonzero(sign)
        self._signs = sign[self._turns]
        self._mixed = np.flatnonzero((wrong > 0) & ~all_wrong)
        self._mixed_wrong = (starts + wrong)[self._mixed]
        sizes = np.full(bins, n // bins) + (np.arange(bins) < n % bins)
        self._edges = np.cumsum(sizes)[:-1]
        # With fewer answers than bins the last ones are empty.
        self._edges = self._edges[self._edges < n].astype("int32")

    def __call__(self, counts):
        counts = np.take(counts, self._order, axis=1)
        m, n = counts.shape
        # How many answers, and what sum of gaps, the first so and so many examples hold.
        answers, gaps = np.empty((m, n + 1), "int32"), np.empty((m, n + 1))
        answers[:, 0], gaps[:, 0] = 0, 0
        np.cumsum(counts, axis=1, dtype="int32", out=answers[:, 1:])
        np.multiply(counts, self._gap, out=gaps[:, 1:])
        np.cumsum(gaps[:, 1:], axis=1, out=gaps[:, 1:])
        mixed_wrong = answers[:, self._mixed_wrong]
        if len(self._ends) <= n:
            answers, gaps = answers[:, self._ends], gaps[:, self._ends]
        return self._aurc(answers, mixed_wrong, n), self._ece(answers, gaps, n)

    def _aurc(self, answers, mixed_wrong, n):
        total = self._risk[answers[:, self._turns]] @ self._signs
        if len(self._mixed):
            low, high = answers[:, self._mixed], answers[:, self._mixed + 1]
            share = (mixed_wrong - low) / np.maximum(high - low, 1)
            total += (share * (self._risk[high] - self._risk[low])).sum(axis=1)
        return total / n

    def _ece(self, answers, gaps, n):
        if not len(self._edges):
            return np.abs(gaps[:, -1]) / n
        at = np.stack([row.searchsorted(self._edges) for row in answers])
        rows = np.arange(len(answers))[:, None]
        before, start = answers[rows, at - 1], gaps[rows, at - 1]
        # An edge inside a tie cuts its gap in proportion.
        part = (self._edges - before) / (answers[rows, at] - before)
        inside = start + part * (gaps[rows, at] - start)
        inside = np.c_[np.zeros(len(rows)), inside, gaps[:, -1]]
        return np.abs(np.diff(inside, axis=1)).sum(axis=1) / n
