"""A camera that moved."""

import dataclasses

import keras

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.motion_blurred import motion_blurred


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class MotionBlur(ImageCorruption):
    """Smears the image along a line whose angle is drawn from −45 to 45 degrees.

    The smear has one side only, as ImageMagick's, which the reference calls. Radius of the
    line and standard deviation of its weights in pixels, by severity: (6, 1), (6, 1.5),
    (6, 2), (8, 2), (9, 2.5) for 32 pixels; (10, 1), (10, 1.5), (10, 2), (10, 2.5), (12, 3)
    for 64; (10, 3), (15, 5), (15, 8), (15, 12), (20, 15) for 224. Those of severities 3
    and 4 for 32 pixels give equal bytes for the same angle, as in the reference. Float
    images are rounded to bytes first, as ImageMagick works on bytes.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("motion_blur", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "motion_blur"
    constants = {
        "cifar32": ((6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)),
        "tiny64": ((10, 1), (10, 1.5), (10, 2), (10, 2.5), (12, 3)),
        "imagenet224": ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15)),
    }
    on_bytes = True

    def draw(self, image, constant, rng):
        return rng.uniform(-45, 45)

    def apply(self, images, constant, draws):
        radius, sigma = constant
        precision = "float64" if self.rng == "reference" else "float32"
        return motion_blurred(images, radius, sigma, draws, precision)
