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
        stops = np.r_[starts[1:], n]
        wrong = np.add.reduceat(~right, starts, dtype="int64")
        # Of the example that ends at place 1 … n: where its tie starts and stops.
        self._low = np.r_[0, np.repeat(starts, stops - starts)]
        self._high = np.r_[0, np.repeat(stops, stops - starts)]
        self._gap = confidence.astype("float64") - right
        # An error at place p is among the first k ones for k = p … n and adds 1/k to each; the
        # sum of that over the places 1 … k is risk[k], written with harmonic numbers.
        k, harmonic = np.arange(n + 1), np.r_[0.0, np.cumsum(1.0 / np.arange(1, n + 1))]
        self._risk = k * harmonic[n] - (k * harmonic - k)
        # A tie that is all wrong adds risk[its stop] − risk[its start]; one that is partly wrong,
        # its share of that, which each resample changes. Neighbours' terms cancel.
        sign = np.zeros(n + 1)
        all_wrong = wrong == stops - starts
        sign[stops[all_wrong]] += 1
        sign[starts[all_wrong]] -= 1
        self._turns = np.flatnonzero(sign)
        self._signs = sign[self._turns]
        mixed = (wrong > 0) & ~all_wrong
        self._mixed = starts[mixed], (starts + wrong)[mixed], stops[mixed]
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
        return self._aurc(answers) / n, self._ece(answers, gaps) / n

    def _aurc(self, answers):
        risks = self._risk[np.take(answers, self._turns, axis=1)]
        total = np.einsum("ij,j->i", risks, self._signs)
        low, wrong, high = (np.take(answers, places, axis=1) for places in self._mixed)
        share = (wrong - low) / np.maximum(high - low, 1)
        return total + (share * (self._risk[high] - self._risk[low])).sum(axis=1)

    def _ece(self, answers, gaps):
        rows = np.arange(len(answers))[:, None]
        at = np.stack([row.searchsorted(self._edges) for row in answers])
        low, high = self._low[at], self._high[at]
        # An edge inside a tie cuts its gap in proportion.
        before, start = answers[rows, low], gaps[rows, low]
        part = (self._edges - before) / np.maximum(answers[rows, high] - before, 1)
        inside = start + part * (gaps[rows, high] - start)
        inside = np.c_[np.zeros(len(rows)), inside, gaps[:, -1]]
        return np.abs(np.diff(inside, axis=1)).sum(axis=1)
