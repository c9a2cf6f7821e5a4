"""A lens out of focus."""

import dataclasses
import functools

import keras
import numpy as np

from keras_distill.corruptions.image.correlated import correlated
from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class DefocusBlur(ImageCorruption):
    """Spreads each point over a disk whose rim a small Gaussian softens; the edge is mirrored.

    Radius of the disk and standard deviation of the Gaussian in pixels, by severity:
    (.3, .4), (.4, .5), (.5, .6), (1, .2), (1.5, .1) for 32 pixels; (.5, .6), (1, .1),
    (1.5, .1), (2.5, .01), (3, .1) for 64; (3, .1), (4, .5), (6, .5), (8, .5), (10, .5) for
    224. The reference's canvas is as small as the two largest disks, so those two brighten
    the image by one part in a hundred; here too.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("defocus_blur", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "defocus_blur"
    constants = {
        "cifar32": ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)),
        "tiny64": ((0.5, 0.6), (1, 0.1), (1.5, 0.1), (2.5, 0.01), (3, 0.1)),
        "imagenet224": ((3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)),
    }

    def apply(self, images, constant, draws):
        kernel = _disk(*constant)
        edge = len(kernel) // 2
        around = ((0, 0), (edge, edge), (edge, edge), (0, 0))
        return correlated(np.pad(images, around, mode="reflect"), kernel)


@functools.lru_cache
def _disk(radius, sigma):
    """The kernel without rows and columns of noughts, in float32 as the reference has it."""
    edge, half = (8, 1) if radius <= 8 else (radius, 2)
    x = np.arange(-edge, edge + 1)
    disk = (x**2 + x[:, None] ** 2 <= radius**2).astype("float32")
    disk /= disk.sum()
    weights = np.exp(-(np.arange(half + 1) ** 2) / (2.0 * sigma**2))
    weights = (weights / (2 * weights.sum() - 1)).astype("float32")
    for _ in range(2):
        # Over the columns of the transposed, then over those of that one's transposed.
        padded, size = np.pad(disk, ((half, half), (0, 0)), mode="reflect"), len(disk)
        disk = padded[half:][:size] * weights[0]
        for i in range(1, half + 1):
            disk += (padded[half - i :][:size] + padded[half + i :][:size]) * weights[i]
        disk = disk.T
    reach = np.abs(x[disk.any(axis=0)]).max()
    return disk[edge - reach : edge + reach + 1, edge - reach : edge + reach + 1]
