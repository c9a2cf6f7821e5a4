"""Frosted glass in front of the lens."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.gaussian_filtered import gaussian_filtered
from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class GlassBlur(ImageCorruption):
    """Blurs, replaces each pixel by one near it, and blurs again.

    The reference's own words are that pixels are swapped. Its code copies instead, as the two
    sides of the swap are views of one array; so does this, for the same bytes.

    Standard deviation of the blurs, largest distance in pixels and rounds, by severity:
    (.05, 1, 1), (.25, 1, 1), (.4, 1, 1), (.25, 1, 2), (.4, 1, 2) for 32 pixels;
    (.1, 1, 1), (.5, 1, 1), (.6, 1, 2), (.7, 2, 1), (.9, 2, 2) for 64; (.7, 1, 2),
    (.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2) for 224.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("glass_blur", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "glass_blur"
    constants = {
        "cifar32": ((0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2)),
        "tiny64": ((0.1, 1, 1), (0.5, 1, 1), (0.6, 1, 2), (0.7, 2, 1), (0.9, 2, 2)),
        "imagenet224": ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)),
    }

    def draw(self, image, constant, rng):
        """Which of the (2 · distance)² neighbours each pixel takes, counted row by row."""
        _, distance, rounds = constant
        # The reference goes from the last row and column that have all neighbours to the first.
        shape = rounds, *(max(0, side - 2 * distance) for side in image.shape[:2])
        if self.rng == "reference":
            right, down = rng.randint(-distance, distance, (*shape, 2)).transpose(3, 0, 1, 2)
            which = (down + distance) * 2 * distance + right + distance
            return which[:, ::-1, ::-1].astype("uint8")
        return rng.integers((2 * distance) ** 2, size=shape, dtype="uint8")

    def apply(self, images, constant, draws):
        sigma, distance, _ = constant
        # Cut off to bytes as the reference does in between.
        smooth = (gaussian_filtered(images, sigma) * 255.0).astype(np.uint8)
        number, height, width, channels = images.shape
        source = None
        for which in draws.swapaxes(0, 1):
            step = _sources(which, distance, height, width)
            source = step if source is None else source[step]
        moved = smooth.reshape(-1, channels).take(source, axis=0).reshape(images.shape)
        return gaussian_filtered(np.divide(moved, 255.0, dtype=images.dtype), sigma)


def _sources(which, distance, height, width):
    """(n · height · width,): the pixel whose value each pixel has after one round."""
    number = len(which)
    down, right = np.indices((2 * distance, 2 * distance)).reshape(2, -1) - distance
    takes = np.arange(number * height * width).reshape(number, height, width)
    inside = np.s_[:, distance + 1 : height - distance + 1, distance + 1 : width - distance + 1]
    takes[inside] += (down * width + right)[which]
    # A neighbour further down, or to the right, has had its turn: it holds what itself took.
    later = np.zeros(takes.shape, bool)
    later[inside] = which > distance * (2 * distance + 1)
    takes, later = takes.reshape(-1), later.reshape(-1)
    source = takes.copy()
    chasing = np.flatnonzero(later)
    at = takes[chasing]
    while len(chasing):
        source[chasing] = takes[at]
        still = later[at]
        chasing, at = chasing[still], takes[at[still]]
    return source
