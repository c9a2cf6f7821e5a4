"""A sheet that moved."""

import dataclasses

import keras

from keras_distill.corruptions.image.motion_blurred import motion_blurred
from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class MotionBlur(MnistCorruption):
    """Smears the image along a line whose angle is drawn from −45 to 45 degrees.

    ImageNet-C's motion blur at its slightest: radius 10, σ 3.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/motion_blur", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/motion_blur"
    # Radius of the line and standard deviation of its weights, in pixels.
    constants = {"mnist28": ((10, 3.0),)}
    on_bytes = True

    def draw(self, image, constant, rng):
        return rng.uniform(-45, 45)

    def apply(self, images, constant, draws):
        precision = "float64" if self.rng == "reference" else "float32"
        return motion_blurred(images, *constant, draws, precision)
