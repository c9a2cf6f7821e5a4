"""Fog between the pen and the eye."""

import dataclasses

import keras

from keras_distill.corruptions.image import fog
from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Fog(MnistCorruption):
    """Lays a fractal cloud over the image and scales back to the image's own maximum.

    ImageNet-C's fog at its strongest, of which the 28 × 28 pixels are a corner: the cloud has a
    side of 256 pixels.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/fog", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/fog"
    # Strength, and how fast details fade.
    constants = {"mnist28": ((3.0, 1.4),)}

    def draw(self, image, constant, rng):
        # One image at a time: its cloud is 83 times as large as itself.
        whole = fog.Fog(5, profile="imagenet224", rng=self.rng)
        draws = whole.draw(image, constant, rng)
        return whole.apply(image[None], constant, draws[None])[0]

    def apply(self, images, constant, draws):
        return draws
