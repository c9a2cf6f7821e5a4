"""Lines that a sensor or a transmission lost."""

import dataclasses

import keras

from keras_distill.corruptions.corruption import Corruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class MissingRows(Corruption):
    """Blacks out rows drawn without replacement.

    Share of the rows, by severity: .1, .2, .3, .4, .5 (own definition).

    Args:
        severity: 1 to 5.
        profile: See `kd.corruptions.Corruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("missing_rows", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```
    """

    name = "missing_rows"
    constants = {"cifar32": (0.1, 0.2, 0.3, 0.4, 0.5)}
    random = True

    def apply(self, images, constant, rng=None):
        rows = len(images)
        lost = rng.permutation(rows)[: max(1, round(constant * rows))]
        images = images.copy()
        images[lost] = 0.0
        return images
