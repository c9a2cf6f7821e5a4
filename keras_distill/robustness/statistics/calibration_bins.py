"""Confidence against accuracy, bin by bin."""

import numpy as np

from keras_distill.robustness.statistics.cell_statistics import BINS, bins_of


class CalibrationBins:
    """A reliability diagram: 15 bins of equal width, (low, high], filled cell by cell.

    Example:

    ```python
    from keras_distill.robustness.statistics.calibration_bins import CalibrationBins

    bins = CalibrationBins()
    bins.add(np.array([0.95, 0.97]), np.array([True, False]))
    assert bins.rows()[-1]["accuracy"] == 0.5
    ```
    """

    def __init__(self):
        self._sums = np.zeros((3, BINS))

    def add(self, confidence, right):
        """Counts the answers of one cell: their confidence and whether each is right."""
        which = bins_of(confidence)
        for row, weights in zip(self._sums, (None, confidence, right), strict=True):
            row += np.bincount(which, weights, minlength=BINS)

    def rows(self):
        """A list of dicts `low`, `high`, `n`, `confidence`, `accuracy`; means of none are None."""
        return [
            {
                "low": index / BINS,
                "high": (index + 1) / BINS,
                "n": int(n),
                "confidence": float(confidence / n) if n else None,
                "accuracy": float(right / n) if n else None,
            }
            for index, (n, confidence, right) in enumerate(self._sums.T)
        ]
