"""Intervals and tests on per-example correctness."""

import numpy as np

_Z = 1.959963984540054


def wilson_interval(right, n):
    """95 % Wilson score interval of `right` successes in `n` trials, as [low, high]."""
    share = right / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    # At 0 and n right the bound is exactly 0 or 1, which rounding would miss by 1e-17.
    low = 0.0 if right == 0 else float(centre - half)
    high = 1.0 if right == n else float(centre + half)
    return [low, high]


def percentiles(draws):
    """The middle 95 % of `draws`, as [low, high].

    `None` where more than 2.5 % of the draws are undefined (NaN): then a bound is.
    """
    draws = np.asarray(draws)
    defined = draws[np.isfinite(draws)]
    if len(defined) < 0.975 * len(draws):
        return None
    return [float(value) for value in np.percentile(defined, [2.5, 97.5])]


def reflected(value, draws):
    """The basic bootstrap interval of a score in [0, 1] that resampling makes larger.

    Percentiles of the draws are wrong for calibration errors. The ECE adds up absolute values, so
    chance gaps within bins count as error: it is biased upwards. A resample has the chance of the
    sample and its own, so the draws lie above `value` about as far as `value` lies above the
    truth, and their percentiles are biased twice; they may not even hold `value`. Reflecting them
    at `value`, [2·value − high, 2·value − low], takes the bias off instead. The interval is
    clipped to [0, 1], and may for the same reason lie below `value`.

    Reference:
        Davison & Hinkley, 1997, Bootstrap Methods and their Application, 5.2.
    """
    found = percentiles(draws)
    if found is None:
        return None
    return [float(np.clip(2 * value - bound, 0.0, 1.0)) for bound in reversed(found)]


def exact_mcnemar(correct_a, correct_b):
    """Exact McNemar test: examples only a or only b gets right, and the two-sided p-value."""
    from scipy.stats import binomtest

    only_a = int(np.sum(correct_a & ~correct_b))
    only_b = int(np.sum(correct_b & ~correct_a))
    p = binomtest(only_a, only_a + only_b, 0.5).pvalue if only_a + only_b else 1.0
    return {"only_model": only_a, "only_against": only_b, "p_exact": float(p)}


def holm(p_values):
    """Holm's correction: p-values that hold for the whole family, in the order given."""
    order = np.argsort(p_values, kind="stable")
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = float(highest)
    return adjusted
