"""The relief of drops of water on a lens."""

import numpy as np

# Least gradient that may belong to an edge, and one that is an edge for certain.
WEAK, STRONG = 50, 150
# Distances are whole numbers of 2⁻¹⁶ pixels, as OpenCV's are.
ONE = 1 << 16
FARTHEST = 20 * ONE
# Steps of a 5 × 5 chamfer distance (Borgefors, 1986), down and right, with their lengths.
STEPS = (
    ((0, 1), ONE),
    ((1, 0), ONE),
    ((1, 1), round(1.4 * ONE)),
    ((1, -1), round(1.4 * ONE)),
    ((1, 2), round(2.1969 * ONE)),
    ((1, -2), round(2.1969 * ONE)),
    ((2, 1), round(2.1969 * ONE)),
    ((2, -1), round(2.1969 * ONE)),
)


def droplets(liquid):
    """How light falls on drops: embossed distances from their edges.

    The steps and their rounding are OpenCV's, as the reference calls it: Canny's edges,
    chamfer distances up to 20 pixels, box filters, histogram equalization, an emboss filter.

    Args:
        liquid: `(n, height, width)` uint8: how much liquid is there; 0 for none.

    Returns:
        `(n, height, width)` int32, 0 to 255.

    Example:

    ```python
    from keras_distill.corruptions.image.droplets import droplets

    liquid = np.zeros((1, 16, 16), "uint8")
    liquid[0, 4:9, 4:9] = 200
    assert droplets(liquid).max() > 0
    ```
    """
    distance = _box_sums(_distances(_edges(liquid))) // (9 * ONE)
    padded = _padded(_equalized(distance), "reflect")
    embossed = -2 * padded[:, :-2, :-2] - padded[:, :-2, 1:-1] - padded[:, 1:-1, :-2]
    embossed += padded[:, 1:-1, 1:-1] + padded[:, 1:-1, 2:] + padded[:, 2:, 1:-1]
    embossed += 2 * padded[:, 2:, 2:]
    # Rounded to the nearest; a ninth is never a half.
    return (2 * _box_sums(np.clip(embossed, 0, 255)) + 9) // 18


def _padded(images, mode):
    return np.pad(images, ((0, 0), (1, 1), (1, 1)), mode=mode)


def _box_sums(images):
    padded = _padded(images, "reflect")
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]


def _edges(images):
    """Canny's edges of (n, height, width) uint8 as bool."""
    from scipy.ndimage import label

    padded = _padded(images.astype(np.int32), "edge")
    smooth = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    right = smooth[..., 2:] - smooth[..., :-2]
    smooth = padded[..., :-2] + 2 * padded[..., 1:-1] + padded[..., 2:]
    down = smooth[:, 2:] - smooth[:, :-2]
    size = _padded(np.abs(right) + np.abs(down), "constant")
    centre = size[:, 1:-1, 1:-1]

    def behind_and_before(y, x):
        """The gradient on either side, one step against the direction and one along it."""
        height, width = images.shape[1:]
        return (
            size[:, 1 - y : 1 - y + height, 1 - x : 1 - x + width],
            size[:, 1 + y : 1 + y + height, 1 + x : 1 + x + width],
        )

    # A direction is level or upright within 22.5°: the tangent in whole numbers of 2⁻¹⁵.
    rise, run = np.abs(down) << 15, np.abs(right)
    level, upright = rise < run * 13573, rise > run * (13573 + ONE)
    peak = np.empty(images.shape, bool)
    for where, step, both_strict in (
        (level, (0, 1), False),
        (upright, (1, 0), False),
        (~level & ~upright & ((right ^ down) < 0), (1, -1), True),
        (~level & ~upright & ((right ^ down) >= 0), (1, 1), True),
    ):
        behind, before = behind_and_before(*step)
        least = centre > before if both_strict else centre >= before
        np.copyto(peak, (centre > behind) & least, where=where)
    peak &= centre > WEAK
    # Weak edges stay where they hang together with a strong one in the same image.
    around = np.zeros((3, 3, 3), int)
    around[1] = 1
    parts, count = label(peak, around)
    kept = np.zeros(count + 1, bool)
    kept[parts[peak & (centre > STRONG)]] = True
    return kept[parts]


def _distances(edges):
    """Chamfer distance to the nearest edge, at most 20 pixels, in 2⁻¹⁶ pixels."""
    distance = np.where(edges, np.int32(0), np.int32(FARTHEST))
    for (y, x), length in STEPS:
        # One step, two, four, eight: any number up to fifteen is a sum of those.
        # A step as long as the largest distance brings nothing nearer.
        times = 1
        while times * length < distance.max():
            if times * y < edges.shape[1] and times * abs(x) < edges.shape[2]:
                _take_step(distance, times * y, times * x, times * length)
            times *= 2
    return distance


def _take_step(distance, y, x, length):
    height, width = distance.shape[1:]
    start = distance[:, : height - y, max(0, -x) : width - max(0, x)]
    end = distance[:, y:, max(0, x) : width + min(0, x)]
    there, back = start + length, end + length
    np.minimum(end, there, out=end)
    np.minimum(start, back, out=start)


def _equalized(images):
    """Each image's grey levels spread so that all are about as frequent."""
    made = np.empty_like(images)
    for image, into in zip(images, made, strict=True):
        counts = np.bincount(image.ravel())
        first = image.min()
        others = image.size - counts[first]
        if not others:
            into[:] = image
            continue
        share = (np.cumsum(counts) - counts[first]).astype("float32")
        levels = np.rint(share * (np.float32(255) / np.float32(others)))
        into[:] = np.maximum(levels, 0).astype(np.int32)[image]
    return made
