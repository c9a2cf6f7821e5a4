"""Fog between the lens and the scene."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Fog(ImageCorruption):
    """Lays a fractal cloud over the image and scales back to the image's own maximum.

    The cloud is a diamond-square height map in [0, 1], periodic, with a side of 32, 64 or
    256 by the profile, or the next power of two that covers the image. Strength and how fast
    the details fade, by severity: at 32 pixels (.2, 3), (.5, 3), (.75, 2.5), (1, 2),
    (1.5, 1.75); at 64 (.4, 3), (.7, 3), (1, 2.5), (1.5, 2), (2, 1.75); at 224 (1.5, 2),
    (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4).

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("fog", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261; the height map:
        Fournier, Fussell & Carpenter, 1982, Computer Rendering of Stochastic Models
    """

    name = "fog"
    constants = {
        "cifar32": ((0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)),
        "tiny64": ((0.4, 3), (0.7, 3), (1, 2.5), (1.5, 2), (2, 1.75)),
        "imagenet224": ((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)),
    }

    def draw(self, image, constant, rng):
        # One number for each point of the map but the first.
        points = self._side(image[None]) ** 2 - 1
        if self.rng == "reference":
            return rng.random_sample(points)
        # Sixteen bits are plenty for a cloud, and four times as fast.
        return rng.integers(0, 2**16, points, dtype="uint16")

    def apply(self, images, constant, draws):
        strength, decay = constant
        if self.rng == "fast":
            draws = (draws + np.float32(0.5)) * np.float32(2**-16)
        cloud = strength * _plasma(draws, self._side(images), decay, images.shape[1:3])
        brightest = images.max(axis=(1, 2, 3), keepdims=True)
        made = np.empty_like(images)
        for channel in range(images.shape[-1]):
            np.add(images[..., channel], cloud, out=made[..., channel])
        if self.rng == "reference":
            return made * brightest / (brightest + strength)
        made *= brightest / (brightest + strength)
        return made

    def _side(self, images):
        least = {"cifar32": 32, "tiny64": 64, "imagenet224": 256}[self.profile_for(images)]
        return max(least, 1 << (max(images.shape[1:3]) - 1).bit_length())


def _plasma(draws, side, decay, crop):
    """Height maps (n, *crop) in [0, 1], from `draws` (n, side² - 1) in [0, 1)."""
    n = len(draws)
    # The first row and column are repeated at the end: the map is periodic.
    heights = np.zeros((n, 2, 2), draws.dtype)
    used, wibble = 0, 100.0
    while len(heights[0]) <= side:
        points = len(heights[0]) - 1
        noise = draws[:, used : used + 3 * points**2].reshape(n, 3, points, points)
        used += 3 * points**2
        # Uniform in (-wibble, wibble), times wibble once more: as the reference has it.
        noise = 2 * wibble * noise
        noise -= wibble
        noise *= wibble
        down = heights[:, :-1] + heights[:, 1:]
        squares = np.empty_like(heights)
        squares[:, 1:, 1:] = (down[..., :-1] + down[..., 1:]) * 0.25 + noise[:, 0]
        squares[:, 0] = squares[:, -1]
        squares[..., 0] = squares[..., -1]
        finer = np.empty((n, 2 * points + 1, 2 * points + 1), draws.dtype)
        finer[:, :-1:2, :-1:2] = heights[:, :-1, :-1]
        finer[:, 1::2, 1::2] = squares[:, 1:, 1:]
        across = heights[:, :-1, :-1] + heights[:, :-1, 1:]
        across += squares[:, 1:, 1:] + squares[:, :-1, 1:]
        finer[:, :-1:2, 1::2] = across * 0.25 + noise[:, 1]
        down = down[..., :-1] + (squares[:, 1:, 1:] + squares[:, 1:, :-1])
        finer[:, 1::2, :-1:2] = down * 0.25 + noise[:, 2]
        finer[:, -1] = finer[:, 0]
        finer[..., -1] = finer[..., 0]
        heights = finer
        wibble /= decay
    low = heights.min(axis=(1, 2), keepdims=True)
    high = heights.max(axis=(1, 2), keepdims=True)
    return (heights[:, : crop[0], : crop[1]] - low) / (high - low)
