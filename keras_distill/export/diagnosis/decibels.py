"""Signal to noise."""

import numpy as np

# More than this cannot be told from no difference at all in float32.
_MOST_DB = 200.0


def decibels(signal, noise):
    """10·log10(signal / noise) of two sums of squares, within ±200."""
    if noise == 0:
        return _MOST_DB
    if signal == 0 or not np.isfinite(noise):
        return -_MOST_DB
    return float(np.clip(10 * np.log10(signal / noise), -_MOST_DB, _MOST_DB))
