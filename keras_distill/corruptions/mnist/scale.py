"""A smaller hand."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.affine_warp import affine_warp
from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Scale(MnistCorruption):
    """Shrinks to 70 % of the side.

    Bilinear, about the middle of the image. Nothing is drawn.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/scale", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/scale"
    constants = {"mnist28": (1 / 0.7,)}

    def apply(self, images, constant, draws):
        matrices = np.tile(np.eye(2) * constant, (len(images), 1, 1))
        return affine_warp(images, matrices).astype(images.dtype)
