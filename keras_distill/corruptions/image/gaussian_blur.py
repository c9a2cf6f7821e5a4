"""A lens out of focus, softly."""

import dataclasses

import keras

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class GaussianBlur(ImageCorruption):
    """Blurs each channel by a Gaussian; the edge is continued.

    Standard deviations in pixels, by severity: .4, .6, .7, .8, 1.

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
    constants = {"cifar32": (0.4, 0.6, 0.7, 0.8, 1.0)}

    def apply(self, images, constant, draws):
        from scipy.ndimage import gaussian_filter

        sigma = (0, constant, constant, 0)
        return gaussian_filter(images, sigma=sigma, mode="nearest", truncate=4.0)
