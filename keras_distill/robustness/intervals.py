"""Intervals and tests on per-image correctness."""

import numpy as np

_Z = 1.959963984540054
_CHUNK = 50


def wilson_interval(right, n):
    """95 % Wilson score interval of `right` successes in `n` trials, as [low, high]."""
    share = right / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    # At 0 and n right the bound is exactly 0 or 1, which rounding would miss by 1e-17.
    low = 0.0 if right == 0 else float(centre - half)
    high = 1.0 if right == n else float(centre + half)
    return [low, high]


def bootstrap_means(values, seed, resamples=1000):
    """Means of the rows of `values` (k, n) over resampled images: (k, resamples).

    All rows are resampled by the same draws, so differences of rows are paired. A row that holds
    each image's mean over cells is a cluster bootstrap: an image carries all its cells with it.
    """
    values = np.asarray(values, "float64")
    n = values.shape[1]
    rng = np.random.default_rng(seed)
    means = np.empty((len(values), resamples))
    for start in range(0, resamples, _CHUNK):
        stop = min(start + _CHUNK, resamples)
        counts = rng.multinomial(n, np.full(n, 1 / n), size=stop - start)
        means[:, start:stop] = values @ counts.T / n
    return means


def percentiles(draws):
    """The middle 95 % of `draws`, as [low, high]."""
    return [float(value) for value in np.percentile(draws, [2.5, 97.5])]


def exact_mcnemar(correct_a, correct_b):
    """Exact McNemar test: images only a or only b gets right, and the two-sided p-value."""
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
