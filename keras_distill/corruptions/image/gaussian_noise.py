"""Noise of a sensor in dim light."""

import dataclasses

import keras

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.normal_quantiles import normal_quantiles
from keras_distill.corruptions.image.uint16_draws import uint16_draws


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class GaussianNoise(ImageCorruption):
    """Adds normal noise to each channel value.

    Standard deviations on [0, 1], by severity:

    - cifar32: .04, .06, .08, .09, .10
    - tiny64: .04, .08, .12, .15, .18
    - imagenet224: .08, .12, .18, .26, .38

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("gaussian_noise", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "gaussian_noise"
    constants = {
        "cifar32": (0.04, 0.06, 0.08, 0.09, 0.10),
        "tiny64": (0.04, 0.08, 0.12, 0.15, 0.18),
        "imagenet224": (0.08, 0.12, 0.18, 0.26, 0.38),
    }

    def draw(self, image, constant, rng):
        if self.rng == "reference":
            return rng.normal(size=image.shape)
        return uint16_draws(rng, image.shape)

    def apply(self, images, constant, draws):
        normal = draws if self.rng == "reference" else normal_quantiles().take(draws)
        return images + normal * constant
