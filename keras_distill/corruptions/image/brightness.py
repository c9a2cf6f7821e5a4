"""Too much light."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.shifted_hsv import shifted_hsv


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Brightness(ImageCorruption):
    """Adds to the value V of HSV; on grey images, to the image.

    What is added on [0, 1], by severity:

    - cifar32: .05, .1, .15, .2, .3
    - tiny64 and imagenet224: .1, .2, .3, .4, .5

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("brightness", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "brightness"
    constants = {
        "cifar32": (0.05, 0.1, 0.15, 0.2, 0.3),
        "tiny64": (0.1, 0.2, 0.3, 0.4, 0.5),
        "imagenet224": (0.1, 0.2, 0.3, 0.4, 0.5),
    }

    def apply(self, images, constant, draws):
        if images.shape[-1] == 1:
            return images + constant
        if self.rng == "reference":
            return shifted_hsv(images, value=constant)
        red, green, blue = np.moveaxis(images, -1, 0)
        value = np.maximum(np.maximum(red, green), blue)
        black = value == 0.0
        value[black] = 1.0
        # Hue and saturation stay when all channels are scaled alike; black has neither.
        brighter = np.minimum(value + constant, 1.0)
        made = np.empty_like(images)
        for channel in range(3):
            # Divided last: one rounding more would move one byte in twenty by a level.
            np.multiply(images[..., channel], brighter, out=made[..., channel])
            made[..., channel] /= value
        made[black] = constant
        return made
