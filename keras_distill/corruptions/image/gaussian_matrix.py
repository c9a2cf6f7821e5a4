"""A Gaussian filter along one axis, as a matrix."""

import functools

import numpy as np


@functools.lru_cache(maxsize=16)
def gaussian_matrix(size, sigma, mode, truncate):
    """The matrix that filters a line of pixels by a Gaussian.

    `matrix @ image @ matrix.T` is many times faster than a filter where sigma is large. Each
    image has to be multiplied by itself: the shape of a product touches its last bits.

    Args:
        size: Pixels along the line.
        sigma: Standard deviation in pixels; 0 leaves the line as it is.
        mode, truncate: As in `scipy.ndimage.gaussian_filter1d`.

    Returns:
        `(size, size)` float32, not to be written to.

    Example:

    ```python
    from keras_distill.corruptions.image.gaussian_matrix import gaussian_matrix

    assert np.allclose(gaussian_matrix(8, 1.0, "nearest", 4.0).sum(axis=1), 1.0)
    ```
    """
    from scipy.ndimage import gaussian_filter1d

    matrix = gaussian_filter1d(np.eye(size), sigma, axis=0, mode=mode, truncate=truncate)
    matrix = matrix.astype("float32")
    matrix.flags.writeable = False
    return matrix
