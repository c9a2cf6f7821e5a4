"""Counts of photons out of a small table."""

import functools

import numpy as np

# Grey levels; and outcomes of each, which hold any Poisson of up to 500 photons.
_LEVELS = _COLUMNS = 256


@functools.cache
def poisson_columns(photons):
    """Walker's alias table of Poisson(level / 255 · photons), for each of 256 grey levels.

    A draw of 16 bits: the upper eight choose one of 256 columns, and the lower eight, when
    below the column's `kept`, its own outcome, else its other. Probabilities are rounded to
    65536ths. The table of all 256 × 65536 answers would not fit into a core's cache.

    Args:
        photons: At full brightness, 500 at most.

    Returns:
        A tuple `(kept, outcomes)`: uint8 `(256, 256)` by level and column; float32
        `(2, 256, 256)`, own and other: photons counted, over `photons`, at most 1.

    Reference:
        Walker, 1977, An Efficient Method for Generating Discrete Random Variables with
        General Distributions, https://doi.org/10.1145/355744.355749
    """
    from scipy.special import pdtr

    rate = np.arange(_LEVELS)[:, None] / 255 * photons
    counts = np.maximum(np.floor(rate) - _COLUMNS // 2, 0) + np.arange(_COLUMNS)
    upto = np.rint(pdtr(counts, rate) * 2**16).astype(np.int64)
    upto[:, -1] = 2**16
    weights = np.diff(upto, axis=1, prepend=0)
    kept = np.zeros(weights.shape, np.uint8)
    other = np.tile(np.arange(_COLUMNS), (_LEVELS, 1))
    # Each column is to weigh 256: the lightest is filled up from the heaviest, again and again.
    while (open_ := np.flatnonzero(weights.min(axis=1) < _COLUMNS)).size:
        light, heavy = weights[open_].argmin(axis=1), weights[open_].argmax(axis=1)
        kept[open_, light] = weights[open_, light]
        other[open_, light] = heavy
        weights[open_, heavy] -= _COLUMNS - weights[open_, light]
        weights[open_, light] = _COLUMNS
    outcomes = np.stack([counts, np.take_along_axis(counts, other, axis=1)])
    return kept, np.minimum(outcomes / photons, 1.0).astype("float32")
