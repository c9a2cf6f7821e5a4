"""Values of images between their pixels."""

import numpy as np

# Pixels done at a time: what they need stays in a core's own cache, and their memory in hand.
_STRIP = 2**13


def sample_bilinear(planes, x, y, border):
    """Image planes at fractional positions, linear between the four pixels around.

    Args:
        planes: `(channels, n, height, width)` float32. Planes, since whole channels are
            fetched and multiplied several times as fast as pixels of three.
        x, y: `(n, height, width)`: where each pixel comes from, in pixels from the first
            one's centre. In float64 each product and its sum are rounded once, to float32,
            as a processor's fused multiplication does.
        border: What lies outside. `"mirror"`: the image mirrored at its outermost pixels
            (OpenCV's BORDER_REFLECT_101). `"reflect"`: at its edge, so that the outermost
            pixels come twice.

    Returns:
        Planes of the same shape, float32.

    Example:

    ```python
    from keras_distill.corruptions.image.sample_bilinear import sample_bilinear

    planes = np.array([0.0, 10.0], "float32").reshape(1, 1, 1, 2)
    x, y = np.array([[[0.25, 1.0]]]), np.zeros((1, 1, 2))
    assert sample_bilinear(planes, x, y, "mirror").ravel().tolist() == [2.5, 10.0]
    ```
    """
    n, height, width = planes.shape[1:]
    made = np.empty(planes.shape, "float32")
    rows = min(height, max(1, _STRIP // width))
    several = max(1, _STRIP // (height * width))
    for start in range(0, n, several):
        for top in range(0, height, rows):
            strip = slice(start, start + several), slice(top, top + rows)
            first = np.arange(n)[strip[0], None, None] * (height * width)
            left, right, share_x = _neighbours(x[strip], width, border)
            above, below, share_y = _neighbours(y[strip], height, border)
            for line in (above, below):
                line *= width
                line += first
            corners = above + left, above + right, below + left, below + right
            _sample_strip(planes, corners, share_x, share_y, made[:, *strip])
    return made


def _sample_strip(planes, corners, share_x, share_y, made):
    values = np.empty((3, *made.shape[1:]), "float32")
    for plane, upper in zip(planes.reshape(len(planes), -1), made, strict=True):
        # "clip" is the fastest mode; every index is inside.
        for corner, into in zip(corners, (upper, *values), strict=True):
            plane.take(corner, mode="clip", out=into)
        _go_towards(values[0], upper, share_x)
        _go_towards(values[2], values[1], share_x)
        _go_towards(values[1], upper, share_y)


def _neighbours(position, size, border):
    low = np.floor(position)
    share = position - low
    return _folded(low, size, border), _folded(low + 1, size, border), share


def _folded(index, size, border):
    """Whole numbers, given as floats (whole ones divide slowly), brought into the image."""
    once = 1 if border == "mirror" else 0
    period = max(1, 2 * (size - once))
    over = index / period
    np.floor(over, out=over)
    over *= period
    np.subtract(index, over, out=over)
    return np.minimum(over, (period - (1 - once)) - over).astype(np.intp)


def _go_towards(high, low, share):
    """Moves `low`, in place, by a share of the way to `high`, which is lost."""
    high -= low
    if share.dtype == "float64":
        low[:] = share * high + low
    else:
        high *= share
        low += high
