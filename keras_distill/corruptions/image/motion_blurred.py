"""What ImageMagick's motion blur does to bytes, each image in a direction of its own."""

import numpy as np

# Weights below this share move no byte in single precision.
NEGLIGIBLE = 1e-7
# Rows worked on at once: what is added to, what is added and its source stay in the core's cache.
_STRIP = 2**14


def motion_blurred(images, radius, sigma, angles, precision="float32"):
    """Smears images along a line, one-sided, as `MagickMotionBlurImage` of ImageMagick 6 does.

    A pixel takes the weighted mean of itself and the 2 · radius pixels that follow along the
    line, with weights exp(−i² / 2σ²). The edge is continued. Sums are rounded to 16 bits, and
    those cut off to 8: what the bytes of the reference show.

    Args:
        images: `(n, height, width, channels)`, uint8.
        radius: Whole number of pixels; the line has 2 · radius + 1.
        sigma: Standard deviation of the weights in pixels.
        angles: `(n,)`, each image's direction in degrees: 0 looks to the right, 90 down.
        precision: `"float64"` for every weight and the reference's bytes; `"float32"`
            (default) is faster, and a byte in some ten thousand is another by one.

    Returns:
        uint8 images of the same shape.
    """
    weights = np.exp(-(np.arange(2 * radius + 1) ** 2) / (2.0 * sigma**2))
    weights /= weights.sum()
    if precision == "float32":
        weights = weights[weights > NEGLIGIBLE]
    height, width = images.shape[1:3]
    lines = [_line(len(weights), angle) for angle in angles]
    ends = np.array([(down[-1], right[-1]) for down, right in lines])
    before, after = np.maximum(0, -ends.min(axis=0)), np.maximum(0, ends.max(axis=0))
    padded = _with_edges_continued(images, before, after, precision)
    made = np.empty_like(images)
    rows = max(1, _STRIP // images[0, 0].size)
    for source, target, (down, right) in zip(padded, made, lines, strict=True):
        for start in range(0, height, rows):
            strip = target[start : start + rows]
            # A half for rounding to 16 bits.
            total, part = np.full(strip.shape, 0.5, precision), np.empty(strip.shape, precision)
            for weight, y, x in zip(weights.tolist(), down, right, strict=True):
                y, x = y + before[0] + start, x + before[1]
                np.multiply(source[y : y + len(strip), x : x + width], weight, out=part)
                total += part
            if precision == "float64":
                np.floor(total, out=total)
            # 257 · 255 is the largest number of 16 bits.
            strip[...] = total / 257.0
    return made


def _line(length, angle):
    """How far down and to the right the pixels lie; half a pixel goes to the lower number."""
    steps, angle = np.arange(length), np.deg2rad(angle)
    down, right = (np.ceil(steps * part - 0.5) for part in (np.sin(angle), np.cos(angle)))
    return down.astype(int).tolist(), right.astype(int).tolist()


def _with_edges_continued(images, before, after, precision):
    """The images as 16-bit numbers, with rows and columns of their edges repeated around them."""
    height, width = images.shape[1:3]
    (top, left), (bottom, right) = before, after
    shape = (len(images), top + height + bottom, left + width + right, images.shape[3])
    padded = np.empty(shape, precision)
    inside = padded[:, top : top + height]
    np.multiply(images, 257.0, out=inside[:, :, left : left + width], dtype=precision)
    inside[:, :, :left] = inside[:, :, left : left + 1]
    inside[:, :, left + width :] = inside[:, :, left + width - 1 : left + width]
    padded[:, :top] = padded[:, top : top + 1]
    padded[:, top + height :] = padded[:, top + height - 1 : top + height]
    return padded
