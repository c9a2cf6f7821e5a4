"""Normal noise out of a table."""

import functools

import numpy as np


@functools.cache
def normal_quantiles():
    """65536 values, each as likely, that are distributed normally.

    The quantile in the middle of each 65536th part, scaled to a variance of one: they end
    at 4.3 standard deviations, which 1 of 60,000 normal numbers lies beyond. The steps
    between them are far smaller than an image's.

    Returns:
        float32 `(65536,)`, ascending; not to be written to.
    """
    from scipy.special import ndtri

    quantiles = ndtri((np.arange(2**16) + 0.5) / 2**16)
    quantiles = (quantiles / quantiles.std()).astype("float32")
    quantiles.flags.writeable = False
    return quantiles
