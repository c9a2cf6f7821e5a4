"""Made-up examples: smooth random waves as images and signals, random tokens as text.

White noise would be a poor stand-in for an image: pooling averages it away, and every example
gives the same output.
"""

import numpy as np


def waves(*shape):
    """A function `(n, seed)` of float32 `(n, *shape)` in [0, 1]; the last axis are channels."""

    def samples(n, seed):
        random = np.random.default_rng(seed)
        axes = len(shape) - 1
        sums = np.zeros((n, *shape))
        for _ in range(4):
            # One to four periods along each axis, each channel with a strength of its own.
            phase = random.uniform(0, 2 * np.pi, (n, *[1] * axes, shape[-1]))
            for axis, size in enumerate(shape[:-1]):
                steps = np.arange(size).reshape([1] + [-1 if a == axis else 1 for a in range(axes)])
                period = random.uniform(-4, 4, (n, *[1] * axes))
                phase = phase + (2 * np.pi * period * steps / size)[..., None]
            strength = random.uniform(0, 1, (n, *[1] * axes, shape[-1]))
            sums += strength * np.sin(phase)
        # Brightness and contrast differ from example to example, as photographs' do.
        contrast = random.uniform(0.1, 0.25, (n, *[1] * len(shape)))
        brightness = random.uniform(0.3, 0.7, (n, *[1] * len(shape)))
        return np.clip(brightness + contrast * sums, 0, 1).astype("float32")

    return samples


def signals(*shape):
    """The same waves about 0, with a deviation of about 1: what a standardized sensor gives."""
    positive = waves(*shape)
    return lambda n, seed: 4 * positive(n, seed) - 2


def normal(*shape):
    """A function `(n, seed)` of float32 `(n, *shape)`: independent normal numbers."""

    def samples(n, seed):
        return np.random.default_rng(seed).normal(size=(n, *shape)).astype("float32")

    return samples


def tokens(length, vocabulary):
    """A function `(n, seed)` of int32 `(n, length)`: each example of its own few words."""

    def samples(n, seed):
        random = np.random.default_rng(seed)
        favourites = random.integers(1, vocabulary, (n, 6))
        picks = random.integers(0, 6, (n, length))
        return np.take_along_axis(favourites, picks, axis=1).astype("int32")

    return samples
