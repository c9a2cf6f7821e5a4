"""Noise that grows with the light."""

import dataclasses

import keras

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.normal_quantiles import normal_quantiles
from keras_distill.corruptions.image.uint16_draws import uint16_draws


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class SpeckleNoise(ImageCorruption):
    """Adds to each channel value x normal noise times x.

    Standard deviations of the factor, by severity:

    - cifar32: .06, .10, .12, .16, .20
    - tiny64: .15, .20, .25, .30, .35
    - imagenet224: .15, .20, .35, .45, .60

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("speckle_noise", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "speckle_noise"
    constants = {
        "cifar32": (0.06, 0.10, 0.12, 0.16, 0.20),
        "tiny64": (0.15, 0.20, 0.25, 0.30, 0.35),
        "imagenet224": (0.15, 0.20, 0.35, 0.45, 0.60),
    }

    def draw(self, image, constant, rng):
        if self.rng == "reference":
            return rng.normal(size=image.shape)
        return uint16_draws(rng, image.shape)

    def apply(self, images, constant, draws):
        normal = draws if self.rng == "reference" else normal_quantiles().take(draws)
        return images + images * (normal * constant)
