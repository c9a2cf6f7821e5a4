"""A zigzag line across the form."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.mnist.line_overlay import line_overlay
from keras_distill.corruptions.mnist.mnist_corruption import SIDE, MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Zigzag(MnistCorruption):
    """Draws a zigzag from column 2 to column 25.

    About a straight line that begins at any of the rows 0 to 26 and ends at most five rows
    higher or four lower; the corners lie two pixels beside it, four pixels apart.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/zigzag", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/zigzag"
    # Half the distance of two corners along the line, which is their distance from it too.
    constants = {"mnist28": (2.0,)}

    def draw(self, image, constant, rng):
        draw = rng.randint if self.rng == "reference" else rng.integers
        return np.array([draw(0, SIDE - 1), draw(-5, 5)])

    def apply(self, images, constant, draws):
        first, last = 2, 25
        angle = np.arctan(draws[:, 1] / (last - first))
        length = (last - first) / np.cos(angle)
        # Whatever the slope, it is 23 to 23.6 pixels long: six corners, then the end.
        along = [0 * length, *((2 * i + 1) * constant + 0 * length for i in range(6)), length]
        beside = [0.0, *((-1) ** i * constant for i in range(6))]
        beside.append(beside[-1] / (2 * (length - 2 * constant * (length // (2 * constant)))))
        points = [
            (
                first + a * np.cos(angle) - b * np.sin(angle),
                draws[:, 0] + a * np.sin(angle) + b * np.cos(angle),
            )
            for a, b in zip(along, beside, strict=True)
        ]
        pairs = zip(points[:-1], points[1:], strict=True)
        lines = sum(line_overlay(*start, *end) for start, end in pairs)
        return (images + lines).astype(images.dtype)
