"""Fog and flat light."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Contrast(ImageCorruption):
    """Moves each channel towards its own mean: (x − mean) · c + mean.

    What is left of the contrast, by severity:

    - cifar32: .75, .5, .4, .3, .15
    - tiny64 and imagenet224: .4, .3, .2, .1, .05

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("contrast", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "contrast"
    constants = {
        "cifar32": (0.75, 0.5, 0.4, 0.3, 0.15),
        "tiny64": (0.4, 0.3, 0.2, 0.1, 0.05),
        "imagenet224": (0.4, 0.3, 0.2, 0.1, 0.05),
    }

    def apply(self, images, constant, draws):
        if self.rng == "reference":
            mean = np.stack([image.mean(axis=(0, 1), keepdims=True) for image in images])
            return (images - mean) * constant + mean
        n, height, width, channels = images.shape
        # Rows are added up one after the other, then columns: in one order for any batch.
        mean = images.reshape(n, height, width * channels).sum(axis=1)
        mean = mean.reshape(n, 1, width, channels).sum(axis=2, keepdims=True) / (height * width)
        return images * constant + mean * (1.0 - constant)
