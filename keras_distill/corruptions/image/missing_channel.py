"""A colour that a sensor or a cable lost."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import PROFILES, ImageCorruption

# What each of red, green and blue gives to a grey image.
_LUMA = np.array([0.299, 0.587, 0.114])


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class MissingChannel(ImageCorruption):
    """Dims one of the three colours, drawn anew for each image, as far as black.

    Share of the colour that is lost, by severity, at any size: .2, .4, .6, .8, 1 (own
    definition).

    Images of one channel are taken for what a grey camera makes of such colours: they are
    dimmed by the luma of the colour drawn, red .299, green .587 or blue .114, times that
    share.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("missing_channel", severity=5)(np.ones((2, 8, 8, 3)), seed=0)
    assert ((corrupted == 0).sum(-1) == 1).all()
    ```
    """

    name = "missing_channel"
    constants = dict.fromkeys(PROFILES, (0.2, 0.4, 0.6, 0.8, 1.0))

    def draw(self, image, constant, rng):
        return rng.randint(3) if self.rng == "reference" else rng.integers(3)

    def apply(self, images, constant, draws):
        if images.shape[-1] == 1:
            lost = _LUMA[draws, None] * constant
        else:
            lost = np.eye(3)[draws] * constant
        return images * (1.0 - lost)[:, None, None, :].astype(images.dtype)
