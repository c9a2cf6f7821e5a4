"""Whether models err on the same examples."""

import numpy as np


def error_consistency(right):
    """κ of every pair of models: 1 err together, 0 independently, below 0 apart.

    Args:
        right: Whether each model is right, boolean `(models, cells, n)`.

    Returns:
        A symmetric list of lists: the mean over the cells on which κ is defined, `None` where it
        is on none. It is undefined where both are always right or both always wrong.

    Reference:
        [Geirhos et al., 2020](https://arxiv.org/abs/2006.16736).
    """
    models, cells, n = right.shape
    total, defined = np.zeros((models, models)), np.zeros((models, models))
    for cell in range(cells):
        hits = right[:, cell].astype("float64")
        both, each = np.einsum("ij,kj->ik", hits, hits), hits.sum(axis=1)
        apart = (each[:, None] + each - 2 * both) / n
        expected = (each[:, None] * (n - each) + (n - each)[:, None] * each) / n**2
        known = expected > 0
        total += np.where(known, 1 - apart / np.where(known, expected, 1), 0)
        defined += known
    return [
        [float(a / b) if b else None for a, b in zip(*rows, strict=True)]
        for rows in zip(total, defined, strict=True)
    ]
