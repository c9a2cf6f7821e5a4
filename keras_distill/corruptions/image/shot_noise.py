"""Noise of light itself: few photons."""

import dataclasses

import keras

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class ShotNoise(ImageCorruption):
    """Counts photons: Poisson(x · c) / c for each channel value.

    Photons at full brightness, by severity: 500, 250, 100, 75, 50.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("shot_noise", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "shot_noise"
    constants = {"cifar32": (500, 250, 100, 75, 50)}

    def draw(self, image, constant, rng):
        return rng.poisson(image * constant)

    def apply(self, images, constant, draws):
        return (draws / constant).astype(images.dtype)
