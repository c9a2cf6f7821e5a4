"""Fog and flat light."""

import dataclasses

import keras

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Contrast(ImageCorruption):
    """Moves each channel towards its own mean: (x − mean) · c + mean.

    What is left of the contrast, by severity: .75, .5, .4, .3, .15.

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
    constants = {"cifar32": (0.75, 0.5, 0.4, 0.3, 0.15)}

    def apply(self, images, constant, draws):
        mean = images.mean(axis=(1, 2), keepdims=True)
        return (images - mean) * constant + mean
