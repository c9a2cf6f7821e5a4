"""Pictures of frost on a window, drawn by rule."""

import functools

import numpy as np

SIDE = 640
SEED = 20190328
# Of each texture: crystals, arms of a crystal, length in pixels, angle and spacing of the side
# branches, share of the haze; then mean and standard deviation of its grey levels, which are
# near those of the reference's five photographs.
KINDS = (
    (18, 6, 190, 60, 11, 0.8, 131, 19),
    (300, 4, 56, 60, 8, 0.6, 207, 19),
    (60, 2, 170, 36, 7, 0.6, 207, 19),
    (46, 6, 95, 60, 9, 0.6, 153, 28),
    (22, 1, 400, 46, 9, 0.5, 124, 40),
)
# Float64 throughout: the bytes shall not hang on a processor's last bit.
# Ice looks bluish where it is thin: what is added to red, green and blue, dark and bright.
DARK, BRIGHT = np.array([-17.0, 2.0, 15.0]), np.array([-5.0, 1.0, 4.0])


@functools.lru_cache(maxsize=6)
def frost_textures(scale, channels):
    """Five pictures of frost, of our own making: no photograph is in them.

    Crystals grow from random places: arms with side branches that carry smaller ones, drawn
    as lines, with a glow and a haze of filtered noise. Left and right, top and bottom join.
    NumPy and SciPy alone, from a fixed seed; kept for the process.

    Args:
        scale: 1 for 640 pixels a side, .3 for 192, .2 for 128 (by bilinear interpolation
            without averaging, as the reference shrinks its photographs).
        channels: 3, or 1 for grey (ITU-R BT.601's luma).

    Returns:
        `(5, side, side, channels)` uint8, not to be written to.

    Example:

    ```python
    from keras_distill.corruptions.image.frost_textures import frost_textures

    assert frost_textures(0.2, 3).shape == (5, 128, 128, 3)
    ```
    """
    if channels == 1:
        red, green, blue = np.moveaxis(frost_textures(scale, 3), -1, 0)
        textures = np.rint(0.299 * red + 0.587 * green + 0.114 * blue)[..., None].astype(np.uint8)
    else:
        textures = np.stack([_shrunk(_drawn(number), scale) for number in range(len(KINDS))])
    textures.flags.writeable = False
    return textures


def _drawn(number):
    """One texture at full size: (SIDE, SIDE) grey levels."""
    crystals, arms, length, angle, spacing, haze, mean, deviation = KINDS[number]
    rng = np.random.Generator(np.random.PCG64([SEED, number]))
    lines = _crystals(rng, crystals, arms, length, np.deg2rad(angle), spacing)
    spectrum = _spectrum(lines)
    glow = _filtered(spectrum * _gaussian(12.0))
    cloud = _spectrum(rng.standard_normal((SIDE, SIDE)))
    # Weights that give either scale of the noise about the same deviation.
    cloud = _filtered(cloud * (50 * _gaussian(40.0) + 2 * _gaussian(1.2)))
    ice = 1.5 * np.tanh(_filtered(spectrum * _gaussian(0.7)) / 0.45)
    ice += 0.4 * np.tanh(glow / glow.std()) + 0.45 * haze * cloud / cloud.std()
    ice = np.tanh(0.5 * (ice - ice.mean()) / ice.std())
    return mean + deviation * (ice - ice.mean()) / ice.std()


def _crystals(rng, crystals, arms, length, angle, spacing):
    """How much ice the lines of all crystals leave in each pixel."""
    y, x, first = rng.random((3, crystals)) * np.array([[SIDE], [SIDE], [2 * np.pi]])
    turn = 2 * np.pi / arms * np.arange(arms)
    heading = (first[:, None] + turn + rng.normal(0, 0.06, (crystals, arms))).ravel()
    reach = (length * rng.uniform(0.35, 1.0, (crystals, 1)) * np.ones(arms)).ravel()
    y, x = np.repeat(y, arms), np.repeat(x, arms)
    ice = np.zeros(SIDE * SIDE)
    for level, gap in enumerate((spacing, spacing * 0.8, 0)):
        # One row for each line, one column for each pixel along it; lines bend a little.
        steps = np.arange(np.ceil(reach.max()))
        bend = rng.normal(0, 0.6, len(reach)) / np.maximum(reach, 20)
        way = heading[:, None] + bend[:, None] * steps
        ys = y[:, None] + np.cumsum(np.sin(way), axis=1)
        xs = x[:, None] + np.cumsum(np.cos(way), axis=1)
        there = steps < reach[:, None]
        taper = (1 - 0.6 * steps / np.maximum(reach[:, None], 1))[there]
        pixel = ys[there].astype(np.int64) % SIDE * SIDE + xs[there].astype(np.int64) % SIDE
        ice += np.bincount(pixel, taper * 0.75**level, SIDE * SIDE)
        if not gap:
            break
        sprout = there & (rng.random(there.shape) < 1 / gap)
        row, step = np.nonzero(sprout)
        left = reach[row] - step
        sides = np.repeat([-1.0, 1.0], len(row))
        y, x = np.tile(ys[sprout], 2), np.tile(xs[sprout], 2)
        heading = np.tile(way[sprout], 2) + sides * angle + rng.normal(0, 0.05, len(sides))
        reach = np.tile(0.42 * left, 2) * rng.uniform(0.4, 1.0, len(sides))
        grown = reach > 2
        y, x, heading, reach = y[grown], x[grown], heading[grown], reach[grown]
    return np.minimum(ice, 1.5).reshape(SIDE, SIDE)


def _spectrum(image):
    from scipy import fft

    return fft.rfft2(image)


def _filtered(spectrum):
    from scipy import fft

    return fft.irfft2(spectrum, (SIDE, SIDE))


def _gaussian(sigma):
    """A Gaussian filter of periodic images, by frequencies."""
    y, x = np.fft.fftfreq(SIDE), np.fft.rfftfreq(SIDE)
    falls = [np.exp(-2 * (np.pi * sigma * f) ** 2) for f in (y, x)]
    return falls[0][:, None] * falls[1]


def _shrunk(grey, scale):
    """The texture in colour at another size, linear between its pixels."""
    side = round(SIDE * scale)
    place = (np.arange(side) + 0.5) / scale - 0.5
    low = np.clip(np.floor(place).astype(int), 0, SIDE - 2)
    share = place - low
    grey = grey[low] + share[:, None] * (grey[low + 1] - grey[low])
    grey = grey[:, low] + share * (grey[:, low + 1] - grey[:, low])
    bright = (grey / 255)[..., None]
    colour = grey[..., None] + DARK * (1 - bright) + BRIGHT * bright
    return np.clip(colour, 0, 255).astype(np.uint8)
