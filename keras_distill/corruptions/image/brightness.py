"""Too much light."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Brightness(ImageCorruption):
    """Adds to the value V of HSV; on grey images, to the image.

    What is added on [0, 1], by severity: .05, .1, .15, .2, .3.

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
    constants = {"cifar32": (0.05, 0.1, 0.15, 0.2, 0.3)}

    def apply(self, images, constant, draws):
        value = images.max(axis=-1, keepdims=True)
        brighter = np.clip(value + constant, 0.0, 1.0)
        # Hue and saturation stay when all channels are scaled alike; black has neither.
        return np.where(value > 0, images * (brighter / np.where(value > 0, value, 1.0)), brighter)
