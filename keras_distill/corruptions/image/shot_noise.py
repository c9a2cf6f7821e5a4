"""Noise of light itself: few photons."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.poisson_columns import poisson_columns
from keras_distill.corruptions.image.uint16_draws import uint16_draws


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class ShotNoise(ImageCorruption):
    """Counts photons: Poisson(x · c) / c for each channel value.

    Photons at full brightness, by severity:

    - cifar32: 500, 250, 100, 75, 50
    - tiny64: 250, 100, 50, 30, 15
    - imagenet224: 60, 25, 12, 5, 3

    In the fast mode x is rounded to the nearest of 256 grey levels before photons are
    counted; images of bytes are unchanged by that.

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
    constants = {
        "cifar32": (500, 250, 100, 75, 50),
        "tiny64": (250, 100, 50, 30, 15),
        "imagenet224": (60, 25, 12, 5, 3),
    }

    def draw(self, image, constant, rng):
        if self.rng == "reference":
            return rng.poisson(image * constant)
        return uint16_draws(rng, image.shape)

    def apply(self, images, constant, draws):
        if self.rng == "reference":
            return draws / constant
        kept, outcomes = poisson_columns(constant)
        cell = np.rint(images * 255.0).astype(np.uint16) << 8
        cell = (cell | (draws >> 8)).astype(np.int32)
        # All cells are inside the table: "wrap" only spares the look whether they are.
        other = draws.astype(np.uint8) >= kept.take(cell, mode="wrap")
        cell += other.astype(np.int32) << 16
        return outcomes.take(cell, mode="wrap")
