"""Two ways of training, compared over seeds and images."""

import numpy as np

from keras_distill.robustness.statistics.intervals import percentiles


def compare_seeds(control, treated, seed=0, resamples=2000):
    """Mean ± sd over seeds of two arms and their paired difference with its interval.

    The interval counts both sources of chance. Each resample draws the seeds with replacement,
    then the images with replacement, the same images for both arms and all seeds: all runs
    were judged on one test set, so images are shared and not fresh per seed. With few seeds such
    a bootstrap is too narrow in the seed direction (it uses the variance with divisor k instead
    of k − 1), therefore each resampled mean of the seeds is moved away from the overall mean by
    √(k / (k − 1)) first. With three seeds it stays an approximation; the t-interval over
    the seeds' differences alone, which trusts nothing but k numbers, is returned beside it.

    Args:
        control: `(seeds, images)` correctness of the control arm: booleans, or each image's mean
            over corrupted cells, in [0, 1].
        treated: The same of the other arm; row i has the seed of `control`'s row i.
        seed: Seed of the resampling.
        resamples: How many resamples.

    Returns:
        A dict: `control_mean`, `control_sd`, `treated_mean`, `treated_sd` (over seeds, divisor
        k − 1), `difference` (treated − control), `ci95`, `t_ci95`, `p` (two-sided, from the same
        resamples as `ci95`), `per_seed`, `seeds`, `images`.

    Raises:
        ValueError: If the shapes differ, or there are fewer than two seeds.

    Example:

    ```python
    control = np.array([[1, 0, 0, 1], [1, 0, 1, 1]])
    treated = np.array([[1, 1, 0, 1], [1, 1, 1, 1]])
    assert kd.robustness.compare_seeds(control, treated)["difference"] == 0.25
    ```
    """
    from scipy import stats

    control, treated = np.asarray(control, "float64"), np.asarray(treated, "float64")
    if control.shape != treated.shape or control.ndim != 2 or len(control) < 2:
        raise ValueError(
            "Expected correctness of both arms of one shape (seeds, images) with at least two "
            f"seeds. Received: shapes {control.shape} and {treated.shape}."
        )
    difference = treated - control
    k, n = difference.shape
    per_seed = difference.mean(axis=1)
    mean = float(per_seed.mean())
    rng = np.random.default_rng(seed)
    draws = np.empty(resamples)
    for index in range(resamples):
        by_seed = rng.multinomial(k, np.full(k, 1 / k)) / k
        by_image = rng.multinomial(n, np.full(n, 1 / n)) / n
        weights = 1 / k + (by_seed - 1 / k) * np.sqrt(k / (k - 1))
        draws[index] = weights @ (difference @ by_image)
    # Twice the share of resamples on the other side of zero: never less than they can tell.
    beyond = min((draws <= 0).mean(), (draws >= 0).mean())
    half = stats.t.ppf(0.975, k - 1) * per_seed.std(ddof=1) / np.sqrt(k)
    return {
        "control_mean": float(control.mean()),
        "control_sd": float(control.mean(axis=1).std(ddof=1)),
        "treated_mean": float(treated.mean()),
        "treated_sd": float(treated.mean(axis=1).std(ddof=1)),
        "difference": mean,
        "ci95": percentiles(draws),
        "t_ci95": [mean - float(half), mean + float(half)],
        "p": min(1.0, max(2 * float(beyond), 2 / (resamples + 1))),
        "per_seed": [float(value) for value in per_seed],
        "seeds": k,
        "images": n,
    }
