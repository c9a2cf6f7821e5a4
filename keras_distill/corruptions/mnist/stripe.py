"""A ruled form."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class Stripe(MnistCorruption):
    """Inverts the outer quarters: columns 0 to 6 and 21 to 27.

    Nothing is drawn.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/stripe", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/stripe"
    constants = {"mnist28": (7,)}

    def _block(self, images, constant, rngs):
        # On bytes as they are: 1 − x in between would fall short of whole grey levels.
        full = 255 if images.dtype == np.uint8 else 1.0
        made = images.copy()
        for side in (slice(None, constant), slice(-constant, None)):
            made[:, :, side] = full - images[:, :, side]
        return made
