"""How often each example is drawn in each resample."""

import numpy as np


def resample_counts(n, seed, resamples=1000):
    """Counts of a bootstrap over `n` examples: `(resamples, n)` uint8, each row sums to n.

    One matrix serves all cells and all models. So an example carries all its cells with it (they
    show the same picture: drawing each cell for itself would give intervals far too narrow), and
    differences between models are paired.

    Args:
        n: Number of examples.
        seed: Seed of the draws.
        resamples: Number of resamples.
    """
    rng = np.random.default_rng(seed)
    counts = np.empty((resamples, n), "uint8")
    for row in counts:
        # An example drawn more than 255 times would need n > 255 and a chance below 1e-500.
        row[:] = np.bincount(rng.integers(n, size=n), minlength=n)
    return counts
