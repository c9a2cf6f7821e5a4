"""What ImageMagick's motion blur does to bytes, each image in a direction of its own."""

import numpy as np

# Weights below this share move no byte in single precision.
NEGLIGIBLE = 1e-7
# Numbers worked on at once: sums, what is added to them and its source stay in the cache.
_STRIP = 2**15


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
    length = 2 * radius + 1
    weights = np.exp(-(np.arange(length) ** 2) / (2.0 * sigma**2))
    weights /= weights.sum()
    if precision == "float32":
        weights = weights[weights > NEGLIGIBLE]
    lines = [_line(length, angle)[:, : len(weights)] for angle in angles]
    ends = np.array([line[:, -1] for line in lines])
    before, after = np.maximum(0, -ends.min(axis=0)), np.maximum(0, ends.max(axis=0))
    padded = _with_edges_continued(images, before, after, precision)
    made = np.empty_like(images)
    width, channels = images.shape[2:]
    across = padded[0, 0].size
    rows = max(1, _STRIP // across)
    totals, parts = np.empty(rows * across, precision), np.empty(rows * across, precision)
    for image, target, (down, right) in zip(
        padded.reshape(len(images), -1), made, lines, strict=True
    ):
        # Seen as one row of numbers, each pixel of the line is the same step away from all.
        offsets = (down + before[0]) * across + (right + before[1]) * channels
        for start in range(0, len(target), rows):
            strip = target[start : start + rows]
            size = len(strip) * across - (across - width * channels)
            total, part = totals[:size], parts[:size]
            # A half for rounding to 16 bits.
            total.fill(0.5)
            for weight, offset in zip(
                weights.tolist(), (offsets + start * across).tolist(), strict=True
            ):
                np.multiply(image[offset : offset + size], weight, out=part)
                total += part
            if precision == "float64":
                np.floor(total, out=total)
            # 257 · 255 is the largest number of 16 bits.
            total /= 257.0
            strip[...] = totals[: len(strip) * across].reshape(len(strip), -1, channels)[:, :width]
    return made


def _line(length, angle):
    """(2, length): how far down and to the right the pixels lie; a half goes down."""
    # Multiplied and divided by the length as ImageMagick does: at 30 degrees it decides halves.
    angle = np.deg2rad(angle)
    ends = length * np.stack([np.sin(angle), np.cos(angle)])
    return np.ceil(np.arange(length) * ends[:, None] / np.hypot(*ends) - 0.5).astype(int)


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
