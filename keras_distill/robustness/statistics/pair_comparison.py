"""One model against another."""

import numpy as np

from keras_distill.robustness.statistics.intervals import (
    exact_mcnemar,
    percentiles,
    wilson_interval,
)
from keras_distill.robustness.statistics.sign_flip_test import sign_flip_test

_LISTED = 200


def pair_comparison(cells, right, scores, margin):
    """Differences, tests and flips of one model against another, on the same examples.

    On clean data the test is McNemar's, exact. By corruption an example is judged once per
    severity, and these answers are not independent; there the p-value is `sign_flip_test`'s, which
    takes the example for the unit and is McNemar's where there is one severity. `only_model`
    counts the examples on which the model is right at more severities than the other,
    `only_against` the reverse.

    Intervals are percentiles of the paired bootstrap. Where no example at all was judged
    differently, resampling shows no spread, and the interval is 0 ± z² / (n + z²), Tango's score
    interval of a paired difference without discordant pairs.

    Args:
        cells: `[(corruption, severity), …]`, the first clean.
        right: Whether each of the two is right: two boolean arrays `(cells, n)`.
        scores: The `ModelScores` of each.
        margin: Loss that still counts as "as good".

    Returns:
        A dict; see the schema of report.json. It lacks what depends on other pairs: names and
        Holm's p-values.

    Reference:
        Tango, 1998, Equivalence test and confidence interval for the difference in proportions for
        the paired-sample design, Statistics in Medicine 17.
    """
    (mine, its), (mine_scores, its_scores) = right, scores
    spread = mine_scores.accuracy_draws - its_scores.accuracy_draws
    per_cell = mine_scores.accuracy - its_scores.accuracy

    def difference(which):
        if (mine[which] == its[which]).all():
            bound = wilson_interval(0, mine.shape[1])[1]
            return 0.0, [-bound, bound]
        return float(per_cell[which].mean()), percentiles(spread[which].mean(axis=0))

    clean, clean_interval = difference([0])
    found = {
        "clean_difference": clean,
        "clean_difference_ci95": clean_interval,
        "clean_mcnemar": exact_mcnemar(mine[0], its[0]),
        "corrupted_difference": None,
        "corrupted_difference_ci95": None,
        "margin": margin,
        "clean_verdict": verdict_of(clean_interval, margin),
        "corrupted_verdict": None,
        "by_corruption": [],
    }
    if len(cells) > 1:
        value, interval = difference(list(range(1, len(cells))))
        found["corrupted_difference"], found["corrupted_difference_ci95"] = value, interval
        found["corrupted_verdict"] = verdict_of(interval, margin)
    for name in dict.fromkeys(kind for kind, _ in cells[1:]):
        which = [i for i, (kind, _) in enumerate(cells) if kind == name]
        each = mine[which].sum(axis=0, dtype="int64") - its[which].sum(axis=0, dtype="int64")
        value, interval = difference(which)
        found["by_corruption"].append(
            {
                "corruption": name,
                "difference": value,
                "difference_ci95": interval,
                "only_model": int(np.sum(each > 0)),
                "only_against": int(np.sum(each < 0)),
                "p_exact": sign_flip_test(each),
            }
        )
    negative, positive = np.flatnonzero(its[0] & ~mine[0]), np.flatnonzero(mine[0] & ~its[0])
    found["flips"] = {
        "negative": negative[:_LISTED].tolist(),
        "positive": positive[:_LISTED].tolist(),
        "negative_count": len(negative),
        "positive_count": len(positive),
    }
    return found


def verdict_of(interval, margin):
    """What the interval of a difference says, given the loss that does not matter."""
    low, high = interval
    if low > 0:
        return "better"
    if low >= -margin:
        return "as good"
    return "worse" if high < 0 else "not told apart"
