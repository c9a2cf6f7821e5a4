"""A small picture blown up."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Pixelate(ImageCorruption):
    """Shrinks by averaging boxes and enlarges by repeating pixels.

    Share of the side that is left, by severity: .95, .9, .85, .75, .65. Float images are
    rounded to bytes first, as the reference's image library works on bytes.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("pixelate", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "pixelate"
    constants = {"cifar32": (0.95, 0.9, 0.85, 0.75, 0.65)}
    on_bytes = True

    def apply(self, images, constant, draws):
        sides = images.shape[1:3]
        for target in ([max(1, int(side * constant)) for side in sides], sides):
            # Horizontally first, bytes in between: the order matters to the last bit.
            images = _resized(images, target[1], axis=2)
            images = _resized(images, target[0], axis=1)
        return images


# Weights are whole numbers of 2⁻²², as Pillow's are, so that rounding is the same.
BITS = 22


def _resized(images, target, axis):
    source = images.shape[axis]
    if source == target:
        return images
    weights = _box_weights(source, target)
    moved = np.moveaxis(images, axis, -1).astype(np.int64)
    sums = (moved @ weights.T + (1 << (BITS - 1))) >> BITS
    return np.moveaxis(np.clip(sums, 0, 255).astype(np.uint8), -1, axis)


def _box_weights(source, target):
    """(target, source): how much of each source pixel a box-filtered target pixel takes."""
    scale = source / target
    width = max(scale, 1.0)
    weights = np.zeros((target, source), np.int64)
    for i in range(target):
        centre = (i + 0.5) * scale
        first = max(int(centre - 0.5 * width + 0.5), 0)
        last = min(int(centre + 0.5 * width + 0.5), source)
        position = (np.arange(first, last) - centre + 0.5) / width
        inside = ((position > -0.5) & (position <= 0.5)).astype("float64")
        weights[i, first:last] = (inside / inside.sum() * (1 << BITS) + 0.5).astype(np.int64)
    return weights
