"""Lines that a sensor or a transmission lost."""

import dataclasses

import keras

from keras_distill.corruptions.image.image_corruption import PROFILES, ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class MissingRows(ImageCorruption):
    """Blacks out rows drawn without replacement.

    Share of the rows, by severity: .1, .2, .3, .4, .5 (own definition).

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("missing_rows", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```
    """

    name = "missing_rows"
    constants = dict.fromkeys(PROFILES, (0.1, 0.2, 0.3, 0.4, 0.5))

    def draw(self, image, constant, rng):
        rows = len(image)
        return rng.permutation(rows)[: max(1, round(constant * rows))]

    def apply(self, images, constant, draws):
        images = images.copy()
        for image, lost in zip(images, draws, strict=True):
            image[lost] = 0.0
        return images
