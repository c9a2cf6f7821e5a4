"""Weighted sums of each pixel's neighbours: what every blur of one kernel is."""

import functools

import numpy as np

# Kernels of more weights go through the Fourier transform, which is then faster.
LARGE = 64
# Numbers worked on at once: they and their neighbours stay in the core's cache.
_STRIP = 2**14


def correlated(images, kernel):
    """Correlates each channel with one kernel, where the kernel lies inside the image.

    The number of images does not touch the sums: small kernels are added up weight by weight,
    large ones by one Fourier transform per image.

    Args:
        images: `(n, height, width, channels)`, float32 or float64; the sums are of the same
            kind. Edges are the caller's to continue.
        kernel: `(rows, columns)` weights.

    Returns:
        `(n, height − rows + 1, width − columns + 1, channels)`.
    """
    kernel = kernel.astype(images.dtype)
    if kernel.size > LARGE:
        return _transformed(images, kernel)
    channels = images.shape[3]
    # Neighbouring numbers must not be neighbouring pixels: einsum would sum along the wrong axis,
    # slowly and in an order of its own.
    images = np.ascontiguousarray(images) if channels > 1 else images.repeat(2, axis=3)
    total = np.empty_like(images)
    # Seen as one row of numbers, a neighbour is the same step away from every pixel.
    numbers, sums = images.reshape(-1), total.reshape(-1)
    down, right, step = images.strides[1:]
    size = (
        images.size
        - sum((k - 1) * s for k, s in zip(kernel.shape, (down, right), strict=True)) // step
    )
    neighbours = np.lib.stride_tricks.as_strided(
        numbers, (*kernel.shape, size), (down, right, step), writeable=False
    )
    for start in range(0, size, _STRIP):
        part = slice(start, min(start + _STRIP, size))
        np.einsum("rcn,rc->n", neighbours[:, :, part], kernel, out=sums[part])
    rows, columns = kernel.shape
    inside = total.shape[1] - rows + 1, total.shape[2] - columns + 1
    return total[:, : inside[0], : inside[1], :channels]


def _transformed(images, kernel):
    from scipy import fft

    number, height, width, channels = images.shape
    rows, columns = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    sides = fft.next_fast_len(height), fft.next_fast_len(width, real=True)
    factor = _spectrum(kernel.tobytes(), kernel.dtype.name, kernel.shape, sides, channels)
    made = np.empty((number, rows, columns, channels), images.dtype)
    for image, target in zip(images, made, strict=True):
        spectrum = fft.fft(fft.rfft(image, sides[1], axis=1), sides[0], axis=0, overwrite_x=True)
        spectrum *= factor
        kept = fft.ifft(spectrum, axis=0, overwrite_x=True)[:rows]
        target[...] = fft.irfft(kept, sides[1], axis=1)[:, :columns]
    return made


# A large image comes alone, and one kernel serves thousands of them.
@functools.lru_cache(maxsize=4)
def _spectrum(weights, kind, shape, sides, channels):
    from scipy import fft

    kernel = np.frombuffer(weights, kind).reshape(shape)
    # The conjugate correlates where the plain product would convolve.
    return np.conj(fft.rfft2(kernel, sides))[:, :, None].repeat(channels, axis=2)
