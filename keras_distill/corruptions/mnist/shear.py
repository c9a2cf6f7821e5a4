"""A slanting hand."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.affine_warp import affine_warp
from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Shear(MnistCorruption):
    """Shears by 0.4 radians to the left or to the right.

    A shear here is `[[1, −sin 0.4], [0, cos 0.4]]`, what scikit-image called one when MNIST-C was
    made; since its version 0.21 the same call gives another matrix.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/shear", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/shear"
    constants = {"mnist28": (0.4,)}

    def draw(self, image, constant, rng):
        return rng.choice([-1, 1], 1)[0]

    def apply(self, images, constant, draws):
        angles = constant * draws
        ones, zeros = np.ones(len(images)), np.zeros(len(images))
        matrices = np.stack([ones, -np.sin(angles), zeros, np.cos(angles)], axis=-1)
        return affine_warp(images, matrices).astype(images.dtype)
