"""Something in front of the lens, or a lost packet."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import PROFILES, ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class MissingPatch(ImageCorruption):
    """Blacks out a square at a random place inside the image.

    Side of the square as a share of the shorter side, by severity: .2, .3, .4, .5, .6
    (own definition).

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("missing_patch", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```
    """

    name = "missing_patch"
    constants = dict.fromkeys(PROFILES, (0.2, 0.3, 0.4, 0.5, 0.6))

    def draw(self, image, constant, rng):
        height, width = image.shape[:2]
        side = _side(image.shape[:2], constant)
        draw = rng.randint if self.rng == "reference" else rng.integers
        return np.array([draw(height - side + 1), draw(width - side + 1)])

    def apply(self, images, constant, draws):
        side = _side(images.shape[1:3], constant)
        images = images.copy()
        for image, (top, left) in zip(images, draws, strict=True):
            image[top : top + side, left : left + side] = 0.0
        return images


def _side(sides, constant):
    return max(1, round(constant * min(sides)))
