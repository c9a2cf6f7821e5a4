"""A pane of frosted glass."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.mnist.mnist_corruption import SIDE, MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class GlassBlur(MnistCorruption):
    """Blurs, swaps neighbours twice over, and blurs again.

    Going from the last pixel to the first, each is swapped with probability ½ with itself or its
    neighbour above, to the left, or both. Swaps are true ones, unlike ImageNet-C's. The Gaussian
    (σ 0.7) runs along the columns only: MNIST-C's call takes the columns of a grey image for
    channels, and its files were made so.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/glass_blur", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/glass_blur"
    constants = {"mnist28": (0.7,)}

    def draw(self, image, constant, rng):
        shape = (2, len(_ORDER), len(_ORDER))
        if self.rng == "fast":
            return -(rng.integers(0, 2, (*shape, 2)) * rng.integers(0, 2, (*shape, 1)))
        # The reference draws each of these bits by a call of its own: whether to swap, and the
        # shift only where it does.
        bits = iter(rng.randint(0, 2, size=3 * np.prod(shape)).tolist())
        shifts = [
            (0, 0) if next(bits) else (next(bits) - 1, next(bits) - 1)
            for _ in range(np.prod(shape))
        ]
        return np.reshape(shifts, (*shape, 2))

    def apply(self, images, constant, draws):
        grey = (_blurred(images, constant) * 255.0).astype(np.uint8)
        which = np.arange(len(grey))
        for shifts in np.moveaxis(draws, 1, 0):
            for i, row in enumerate(_ORDER):
                for j, column in enumerate(_ORDER):
                    right, down = shifts[:, i, j].T
                    here = grey[:, row, column].copy()
                    grey[:, row, column] = grey[which, row + down, column + right]
                    grey[which, row + down, column + right] = here
        return _blurred((grey / 255.0).astype(images.dtype), constant)


# Rows and columns as they are visited: those of index 0 and 1 are none's starting point.
_ORDER = range(SIDE - 1, 1, -1)


def _blurred(images, sigma):
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(images, sigma, axis=1, mode="nearest", truncate=4.0)
