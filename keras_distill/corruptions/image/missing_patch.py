"""Something in front of the lens, or a lost packet."""

import dataclasses

import keras

from keras_distill.corruptions.corruption import Corruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class MissingPatch(Corruption):
    """Blacks out a square at a random place inside the image.

    Side of the square as a share of the shorter side, by severity: .2, .3, .4, .5, .6
    (own definition).

    Args:
        severity: 1 to 5.
        profile: See `kd.corruptions.Corruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("missing_patch", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```
    """

    name = "missing_patch"
    constants = {"cifar32": (0.2, 0.3, 0.4, 0.5, 0.6)}
    random = True

    def apply(self, images, constant, rng=None):
        height, width = images.shape[:2]
        side = max(1, round(constant * min(height, width)))
        top, left = rng.integers(0, [height - side + 1, width - side + 1])
        images = images.copy()
        images[top : top + side, left : left + side] = 0.0
        return images
