"""What every corruption of MNIST-C is."""

import dataclasses

import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption

SIDE = 28


@dataclasses.dataclass(frozen=True)
class MnistCorruption(ImageCorruption):
    """A corruption of MNIST-C: grey images of 28 × 28 pixels, at one strength.

    MNIST-C chose one strength for each corruption and placed its lines, stripes and steps by
    the pixel; other sizes are refused instead of guessed. Digits are bright on black.

    Args:
        severity: 1, the only one.
        profile: `None`: there is one table of constants.
        rng: `"fast"` (default), or `"reference"`: the draws of MNIST-C's corruptions.py, the
            image of index i as after `np.random.seed(seed + i)`.

    Call with `(images, seed, indices=None)` as any `kd.corruptions.ImageCorruption`: images
    `(n, 28, 28, 1)`.

    Raises:
        ValueError: Another severity, a profile, or images of another shape.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1), "uint8")
    digits[:, 6:22, 13:15] = 255
    corruption = kd.corruptions.get("mnist_c/rotate", severity=1)
    assert isinstance(corruption, kd.corruptions.mnist.MnistCorruption)
    assert (corruption(digits, seed=0) != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, MNIST-C: A Robustness Benchmark for Computer Vision,
        https://arxiv.org/abs/1906.02337
    """

    severities = (1,)

    def __post_init__(self):
        if self.severity != 1 or isinstance(self.severity, bool):
            raise ValueError(
                f"MNIST-C has one severity of each corruption: give '{self.name}' severity=1. "
                f"Received: severity={self.severity!r}."
            )
        if self.profile is not None:
            raise ValueError(
                f"MNIST-C has one table of constants: leave `profile` of '{self.name}' None. "
                f"Received: profile={self.profile!r}."
            )
        super().__post_init__()

    def profile_for(self, images):
        """`"mnist28"`, the one table of constants."""
        return "mnist28"

    def _block(self, images, constant, rngs):
        if images.dtype != np.uint8:
            return super()._block(images, constant, rngs)
        made = super()._block(images / 255.0, constant, rngs)
        # Through float32, as the reference: 254.99999999999997 is a full 255.
        return (made * 255.0).astype("float32").astype(np.uint8)

    def _check(self, images):
        super()._check(images)
        if images.shape[1:] != (SIDE, SIDE, 1):
            raise ValueError(
                f"'{self.name}' is defined for images of shape (n, 28, 28, 1). Received: shape "
                f"{images.shape}. Resize the images, or use the corruptions of ImageNet-C."
            )
