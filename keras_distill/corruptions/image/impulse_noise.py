"""Dead and stuck pixels: salt and pepper."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class ImpulseNoise(ImageCorruption):
    """Sets each channel value to 0 or 1 with half the probability each.

    Share of values replaced, by severity: .01, .02, .03, .05, .07.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("impulse_noise", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "impulse_noise"
    constants = {"cifar32": (0.01, 0.02, 0.03, 0.05, 0.07)}

    def draw(self, image, constant, rng):
        return rng.uniform(size=image.shape)

    def apply(self, images, constant, draws):
        images = np.where(draws < constant / 2, 0.0, images)
        return np.where(draws >= 1 - constant / 2, 1.0, images)
