"""Dead and stuck pixels: salt and pepper."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class ImpulseNoise(MnistCorruption):
    """Sets 17 % of the pixels to black or white, half of them each.

    Each pixel by itself. With `rng="reference"` the draws are those of the scikit-image of
    MNIST-C's time, which drew from NumPy's global state.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/impulse_noise", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/impulse_noise"
    constants = {"mnist28": (0.17,)}

    def draw(self, image, constant, rng):
        return rng.uniform(size=(2, *image.shape))

    def apply(self, images, constant, draws):
        replaced, white = draws[:, 0] < constant, draws[:, 1] < 0.5
        return np.where(replaced, white, images).astype(images.dtype)
