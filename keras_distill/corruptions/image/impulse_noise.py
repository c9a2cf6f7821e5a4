"""Dead and stuck pixels: salt and pepper."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.uint16_draws import uint16_draws


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class ImpulseNoise(ImageCorruption):
    """Sets each channel value to 0 or 1 with half the probability each.

    Share of values replaced, by severity:

    - cifar32: .01, .02, .03, .05, .07
    - tiny64: .01, .02, .05, .08, .14
    - imagenet224: .03, .06, .09, .17, .27

    The reference mode draws as scikit-image did while its salt and pepper listened to
    `np.random.seed`: which values, then of which colour.

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
    constants = {
        "cifar32": (0.01, 0.02, 0.03, 0.05, 0.07),
        "tiny64": (0.01, 0.02, 0.05, 0.08, 0.14),
        "imagenet224": (0.03, 0.06, 0.09, 0.17, 0.27),
    }

    def draw(self, image, constant, rng):
        if self.rng == "reference":
            return rng.random_sample(image.shape), rng.random_sample(image.shape)
        return uint16_draws(rng, image.shape)

    def apply(self, images, constant, draws):
        images = images.copy()
        if self.rng == "reference":
            hit, colour = draws
            replaced = hit < constant
            images[replaced] = colour[replaced] < 0.5
            return images
        half = round(constant * 2**15)
        # Wraps around: white ones come first, black ones next, and few values need a look.
        shifted = (draws + np.uint16(half)).ravel()
        replaced = np.flatnonzero(shifted < 2 * half)
        images.ravel()[replaced] = shifted[replaced] < half
        return images
