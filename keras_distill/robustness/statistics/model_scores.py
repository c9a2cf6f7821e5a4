"""What the cells of one model add up to."""

import numpy as np

from keras_distill.robustness.statistics.cell_scores import CALIBRATION_ERRORS, METRICS
from keras_distill.robustness.statistics.intervals import percentiles, reflected, wilson_interval

_SHARES = ("accuracy", "agreement", "negative_flips", "positive_flips")


class ModelScores:
    """Scores and draws of one model, added cell by cell.

    Draws are averaged over cells before an interval is read off, because the cells share their
    examples. A cell on which a metric is undefined is left out of that metric's mean; a draw of it,
    out of that draw's mean.

    Args:
        cells: `[(corruption, severity), …]`, the first clean.
        n: Number of examples.
        resamples: Number of resamples.
    """

    def __init__(self, cells, n, resamples):
        self.cells, self.n = cells, n
        # Accuracy is kept cell by cell: groups, corruptions and mCE are made of it.
        self.accuracy = np.empty(len(cells))
        self.accuracy_draws = np.empty((len(cells), resamples))
        self._added = 0
        self._clean = {}
        self._sums = {name: [0.0, 0] for name in METRICS}
        self._draw_sums = {name: [np.zeros(resamples), np.zeros(resamples)] for name in METRICS}

    def add(self, row, draws):
        """Adds what `cell_scores` returned for the next cell."""
        self.accuracy[self._added] = row["accuracy"]
        self.accuracy_draws[self._added] = draws["accuracy"]
        if self._added == 0:
            self._clean = row
        else:
            for name, values in draws.items():
                if row[name] is not None:
                    self._sums[name][0] += row[name]
                    self._sums[name][1] += 1
                    known = np.isfinite(values)
                    self._draw_sums[name][0] += np.where(known, values, 0)
                    self._draw_sums[name][1] += known
        self._added += 1

    def clean(self, name):
        """A metric on the clean cell and its interval."""
        return self._clean[name], self._clean[f"{name}_ci95"]

    def corrupted(self, name):
        """The mean of a metric over the corrupted cells and its interval."""
        total, number = self._sums[name]
        if not number:
            return None, None
        value = total / number
        sums, numbers = self._draw_sums[name]
        # 0 / 0 where a draw is undefined on every cell.
        with np.errstate(invalid="ignore"):
            draws = sums / numbers
        if name in _SHARES:
            return value, self.share_interval(value, draws)
        if name in CALIBRATION_ERRORS:
            return value, reflected(value, draws)
        if name.startswith("agreement_when") and value in (0.0, 1.0):
            # Resamples of no disagreement show none, which is no certainty.
            return value, None
        return value, percentiles(draws)

    def mean_accuracy(self, corruptions):
        """Mean accuracy over the cells of some corruptions, and its interval."""
        which = [i for i, (name, _) in enumerate(self.cells) if name in corruptions]
        value = float(self.accuracy[which].mean())
        return value, self.share_interval(value, self.accuracy_draws[which].mean(axis=0))

    def share_interval(self, value, draws):
        """Percentiles of a share's draws; Wilson's where the share is exactly 0 or 1."""
        # All right, or all wrong, resamples to itself: no spread, but no certainty either.
        if value in (0.0, 1.0):
            return wilson_interval(round(value * self.n), self.n)
        return percentiles(draws)
