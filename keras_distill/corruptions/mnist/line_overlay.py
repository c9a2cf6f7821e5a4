"""Lines as MNIST-C draws them."""

import numpy as np

from keras_distill.corruptions.mnist.mnist_corruption import SIDE

# Vertical distance at which nothing of the line is seen any more, but for the logarithm.
_REACH = 2.3


def line_overlay(first_column, first_row, last_column, last_row):
    """How bright a line makes each pixel, one line for each image.

    Brightness falls with the vertical distance d from the line, as 1 + log(1 − d / 2.3).

    Args:
        first_column, first_row: Where the line begins, numbers or `(n,)`.
        last_column, last_row: Where it ends, further to the right. Pixels from the column
            that the beginning lies in up to the end are drawn.

    Returns:
        `(n, 28, 28, 1)` in [0, 1].

    Example:

    ```python
    from keras_distill.corruptions.mnist.line_overlay import line_overlay

    level = line_overlay(0, np.array([5.0]), 27, np.array([5.0]))[0, :, :, 0]
    assert (level[5, :27] == 1).all() and level[5, 27] == 0
    ```
    """
    ends = np.broadcast_arrays(first_column, first_row, last_column, last_row)
    c0, r0, c1, r1 = (np.asarray(end, "float64")[:, None, None] for end in ends)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    line = (r1 - r0) / (c1 - c0) * (columns - c0) + r0
    distance = np.clip(np.abs(rows - line), 0, _REACH - 1e-10)
    brightness = np.clip(np.log(1 - distance / _REACH) + 1, 0, 1)
    inside = (columns >= np.floor(c0)) & (columns < np.ceil(c1))
    return (brightness * inside)[..., None]
