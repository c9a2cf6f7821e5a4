"""A dotted line across the form."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.mnist.line_overlay import line_overlay
from keras_distill.corruptions.mnist.mnist_corruption import SIDE, MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class DottedLine(MnistCorruption):
    """Draws a dotted line from the left edge to the right.

    It begins and ends at any of the rows 0 to 26; two columns are drawn, two left out.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/dotted_line", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/dotted_line"
    constants = {"mnist28": (2,)}

    def draw(self, image, constant, rng):
        draw = rng.randint if self.rng == "reference" else rng.integers
        return draw(0, SIDE - 1, size=2)

    def apply(self, images, constant, draws):
        line = line_overlay(0, draws[:, 0], SIDE - 1, draws[:, 1])
        dots = np.arange(SIDE) // constant % 2 == 1
        return (images + line * dots[:, None]).astype(images.dtype)
