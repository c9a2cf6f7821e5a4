"""A tilted sheet."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.affine_warp import affine_warp
from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Rotate(MnistCorruption):
    """Turns by 0.4 radians to the left or to the right.

    Bilinear, about the middle of the image.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/rotate", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/rotate"
    constants = {"mnist28": (0.4,)}

    def draw(self, image, constant, rng):
        return rng.choice([-1, 1], 1)[0]

    def apply(self, images, constant, draws):
        sine, cosine = np.sin(constant * draws), np.cos(constant * draws)
        matrices = np.stack([cosine, -sine, sine, cosine], axis=-1)
        return affine_warp(images, matrices).astype(images.dtype)
