"""Mud on the sheet."""

import dataclasses

import keras

from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Spatter(MnistCorruption):
    """Covers where a random surface stands high with mud.

    The surface is normal noise (mean .65, deviation .3) blurred by a Gaussian (σ 1); where it
    exceeds .65 mud lies, blurred in turn (σ 1.5) and cut off where thinner than .8. Mud has the
    grey level 63. The wet branch of ImageNet-C's spatter does not occur.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/spatter", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/spatter"
    # Mean, deviation, blur, threshold, blur of the mud.
    constants = {"mnist28": ((0.65, 0.3, 1.0, 0.65, 1.5),)}

    def draw(self, image, constant, rng):
        return rng.normal(constant[0], constant[1], image.shape)

    def apply(self, images, constant, draws):
        threshold = constant[3]
        mud = _blurred((_blurred(draws, constant[2]) > threshold) * 1.0, constant[4])
        mud[mud < 0.8] = 0.0
        return (images * (1 - mud) + 63 / 255 * mud).astype(images.dtype)


def _blurred(layers, sigma):
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(layers, (0, sigma, sigma, 0), mode="nearest", truncate=4.0)
