"""A lens out of focus, softly."""

import dataclasses

import keras

from keras_distill.corruptions.image.gaussian_filtered import gaussian_filtered
from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class GaussianBlur(ImageCorruption):
    """Blurs each channel by a Gaussian; the edge is continued.

    Standard deviations in pixels, by severity: .4, .6, .7, .8, 1 for 32 pixels; .5, .75, 1,
    1.25, 1.5 for 64; 1, 2, 3, 4, 6 for 224.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("gaussian_blur", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "gaussian_blur"
    constants = {
        "cifar32": (0.4, 0.6, 0.7, 0.8, 1.0),
        "tiny64": (0.5, 0.75, 1.0, 1.25, 1.5),
        "imagenet224": (1.0, 2.0, 3.0, 4.0, 6.0),
    }

    def apply(self, images, constant, draws):
        return gaussian_filtered(images, constant)
