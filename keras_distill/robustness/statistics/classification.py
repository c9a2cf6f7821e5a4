"""Precision, recall and F1 of each class."""

import numpy as np

from keras_distill.robustness.statistics.intervals import percentiles, wilson_interval

_STEP = 1 << 21


class Classification:
    """How often each class is meant, answered, and both, over one cell or several.

    Precision is the share of answers of a class that are right, recall the share of its examples
    that are found, F1 their harmonic mean. A class that is never answered has no precision, and
    one that is never meant no recall; both count as 0 in the macro average, whose classes are
    those that are meant or answered: as scikit-learn's `classification_report` has it. Answers to
    several cells are counted together.

    Args:
        labels: Integer labels, `(n,)`.
    """

    def __init__(self, labels):
        self._labels = np.asarray(labels, "int64")
        self._cells = 0
        self._rows, self._columns = [], []

    def add(self, top):
        """Adds a cell's answers, `(n,)`."""
        self._cells += 1
        self._rows.append(np.asarray(top))
        self._columns.append(np.arange(len(self._labels)))

    def rows(self, counts):
        """The report of what was added, with 95 % intervals.

        Args:
            counts: From `resample_counts`: an example carries all its cells with it.

        Returns:
            A dict: `classes`, a list of dicts `class`, `support` (examples, times the cells),
            `answers`, `precision`, `recall` and `f1`; and `macro`, the means of these three. Each
            measure has its `_ci95`: Wilson's for precision and recall where there is one cell and
            where they are exactly 0 or 1, else the bootstrap's; None where there is none.
        """
        top = np.concatenate(self._rows)
        labels, places = np.tile(self._labels, self._cells), np.concatenate(self._columns)
        found, which = np.unique(np.concatenate([labels, top]), return_inverse=True)
        meant, answered = np.split(which, 2)
        right = meant == answered
        size = len(found)
        pairs = [(meant, places), (answered, places), (meant[right], places[right])]
        exact = [np.bincount(kind, minlength=size) for kind, _ in pairs]
        draws = self._draws(pairs, size, counts)
        scores, drawn = _scores(*exact), _scores(*draws)
        classes = []
        for k, number in enumerate(found):
            row = {"class": int(number), "support": int(exact[0][k]), "answers": int(exact[1][k])}
            for name, total in (("precision", exact[1][k]), ("recall", exact[0][k])):
                value = scores[name][k]
                if not total:
                    row |= {name: None, f"{name}_ci95": None}
                elif self._cells == 1 or value in (0.0, 1.0):
                    # Answers to cells of one example are no independent trials.
                    n = max(1, round(total / self._cells))
                    interval = wilson_interval(round(value * n), n)
                    row |= {name: float(value), f"{name}_ci95": interval}
                else:
                    interval = percentiles(drawn[name][k])
                    row |= {name: float(value), f"{name}_ci95": interval}
            classes.append(row | _estimated("f1", scores["f1"][k], drawn["f1"][k]))
        macro = {}
        present = (draws[0] + draws[1] > 0).sum(axis=0)
        for name in ("precision", "recall", "f1"):
            means = np.nan_to_num(drawn[name]).sum(axis=0) / present
            macro |= _estimated(name, np.nan_to_num(scores[name]).mean(), means)
        return {"classes": classes, "macro": macro}

    def _draws(self, pairs, size, counts):
        """Meant, answered and both, of each class in each resample: 3 × (classes, resamples)."""
        from scipy import sparse

        n = len(self._labels)
        tables = [sparse.csr_array((np.ones(len(k)), (k, at)), (size, n)) for k, at in pairs]
        step = max(1, _STEP // n)
        parts = []
        for start in range(0, len(counts), step):
            chunk = counts[start : start + step].T.astype("float64", order="C")
            parts.append(np.stack([table @ chunk for table in tables]))
        return np.concatenate(parts, axis=-1)


def _scores(meant, answered, both):
    # 0 / 0 where a class is not meant, or not answered.
    with np.errstate(invalid="ignore"):
        return {
            "precision": both / answered,
            "recall": both / meant,
            "f1": 2 * both / (meant + answered),
        }


def _estimated(name, value, draws):
    # All right, or all wrong, resamples to itself: no spread, but no certainty either.
    interval = None if value in (0.0, 1.0) else percentiles(draws)
    return {name: float(value), f"{name}_ci95": interval}
