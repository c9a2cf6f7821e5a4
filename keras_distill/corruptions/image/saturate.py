"""Colours too pale or too strong."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.shifted_hsv import shifted_hsv


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Saturate(ImageCorruption):
    """Changes the saturation S of HSV to a · S + b.

    (a, b) by severity; the first two are paler, the others stronger:

    - cifar32: (.3, 0), (.1, 0), (1.5, 0), (2, .1), (2.5, .2)
    - tiny64: (.3, 0), (.1, 0), (2, 0), (5, .1), (30, .2)
    - imagenet224: (.3, 0), (.1, 0), (2, 0), (5, .1), (20, .2)

    Grey pixels have hue 0, as in the reference, and so turn reddish where b > 0. Images of
    one channel are taken for grey colour images and come back as their luma, .299 R + .587 G
    + .114 B: b = 0 leaves them alone, otherwise they are scaled by 1 − .701 · b.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("saturate", severity=3)(np.full((2, 8, 8, 3), 0.4), seed=0)
    assert np.allclose(corrupted, 0.4)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "saturate"
    constants = {
        "cifar32": ((0.3, 0), (0.1, 0), (1.5, 0), (2, 0.1), (2.5, 0.2)),
        "tiny64": ((0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (30, 0.2)),
        "imagenet224": ((0.3, 0), (0.1, 0), (2, 0), (5, 0.1), (20, 0.2)),
    }

    def apply(self, images, constant, draws):
        gain, saturation = constant
        if images.shape[-1] == 1:
            return images * (1.0 - (0.587 + 0.114) * saturation)
        if self.rng == "reference":
            return shifted_hsv(images, gain=gain, saturation=saturation)
        red, green, blue = np.moveaxis(images, -1, 0)
        value = np.maximum(np.maximum(red, green), blue)
        delta = value - np.minimum(np.minimum(red, green), blue)
        grey = delta == 0.0
        delta[grey] = 1.0
        before = delta / np.where(grey, 1.0, value).astype(images.dtype)
        # Distances to the largest channel grow as the saturation does; the hue stays.
        scale = np.minimum(before * gain + saturation, 1.0) / before
        made = np.empty_like(images)
        for channel in range(3):
            distance = np.subtract(value, images[..., channel], out=made[..., channel])
            distance *= scale
            np.subtract(value, distance, out=distance)
        if saturation:
            made[grey, 1:] *= 1.0 - saturation
        return made
