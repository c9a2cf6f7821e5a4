"""A badly cut digit."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Translate(MnistCorruption):
    """Moves by three pixels along both axes.

    Each axis forwards or backwards; what moves out is lost, what moves in is black.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/translate", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/translate"
    constants = {"mnist28": (3,)}

    def draw(self, image, constant, rng):
        return rng.choice([-1, 1], 2)

    def apply(self, images, constant, draws):
        made = np.zeros_like(images)
        padded = np.pad(images, ((0, 0), (constant, constant), (constant, constant), (0, 0)))
        for image, source, (right, down) in zip(made, padded, draws, strict=True):
            top, left = constant * (1 + down), constant * (1 + right)
            image[...] = source[top : top + len(image), left : left + image.shape[1]]
        return made
