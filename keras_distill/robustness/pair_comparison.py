"""One model against another."""

import numpy as np

from keras_distill.robustness.intervals import exact_mcnemar, percentiles
from keras_distill.robustness.sign_flip_test import sign_flip_test

_LISTED = 200


def pair_comparison(cells, right, scores, margin):
    """Differences, tests and flips of one model against another, on the same examples.

    On clean data the test is McNemar's, exact. By corruption an example is judged once per
    severity, and these answers are not independent; there the p-value is `sign_flip_test`'s, which
    takes the example for the unit and is McNemar's where there is one severity. `only_model`
    counts the examples on which the model is right at more severities than the other,
    `only_against` the reverse.

    Args:
        cells: `[(corruption, severity), …]`, the first clean.
        right: Whether each of the two is right: two boolean arrays `(cells, n)`.
        scores: The `ModelScores` of each.
        margin: Loss that still counts as "as good".

    Returns:
        A dict; see the schema of report.json. It lacks what depends on other pairs: names and
        Holm's p-values.
    """
    (mine, its), (mine_scores, its_scores) = right, scores
    spread = mine_scores.accuracy_draws - its_scores.accuracy_draws
    per_cell = mine_scores.accuracy - its_scores.accuracy
    found = {
        "clean_difference": float(per_cell[0]),
        "clean_difference_ci95": percentiles(spread[0]),
        "clean_mcnemar": exact_mcnemar(mine[0], its[0]),
        "corrupted_difference": None,
        "corrupted_difference_ci95": None,
        "margin": margin,
        "corrupted_verdict": None,
        "by_corruption": [],
    }
    found["clean_verdict"] = verdict_of(found["clean_difference_ci95"], margin)
    if len(cells) > 1:
        found["corrupted_difference"] = float(per_cell[1:].mean())
        found["corrupted_difference_ci95"] = percentiles(spread[1:].mean(axis=0))
        found["corrupted_verdict"] = verdict_of(found["corrupted_difference_ci95"], margin)
    for name in dict.fromkeys(kind for kind, _ in cells[1:]):
        which = [i for i, (kind, _) in enumerate(cells) if kind == name]
        each = mine[which].sum(axis=0, dtype="int64") - its[which].sum(axis=0, dtype="int64")
        found["by_corruption"].append(
            {
                "corruption": name,
                "difference": float(per_cell[which].mean()),
                "difference_ci95": percentiles(spread[which].mean(axis=0)),
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
