"""Water or mud on the lens."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.droplets import droplets
from keras_distill.corruptions.image.gaussian_matrix import gaussian_matrix
from keras_distill.corruptions.image.image_corruption import ImageCorruption

WATER = np.float32([175 / 255, 238 / 255, 238 / 255])
MUD = np.float32([63 / 255, 42 / 255, 20 / 255])
# How red, green and blue make grey (ITU-R BT.601).
LUMA = np.float32([0.299, 0.587, 0.114])


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Spatter(ImageCorruption):
    """Splashes the lens: drops of water that glisten, or splotches of mud.

    Where smoothed normal noise exceeds a threshold there is liquid. Mean and deviation of the
    noise, its smoothing in pixels, the threshold, then for water the brightness, for mud the
    smoothing of the splotches, by severity: at 32 pixels (.62, .1, .7, .7, .5),
    (.65, .1, .8, .7, .5), (.65, .3, 1, .69, .5), mud (.65, .1, .7, .69, .6) and
    (.65, .1, .5, .68, .6); at 64 the same but brightness .6 and mud thresholds .68, .67; at
    224 (.65, .3, 4, .69, .6), (.65, .3, 3, .68, .6), (.65, .3, 2, .68, .5), mud
    (.65, .3, 1, .65, 1.5) and (.67, .4, 1, .65, 1.5). A grey image gets the grey of what an
    RGB image of the same pixels gets. An image that no drop falls on stays as it is (the
    reference divides 0 by 0).

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("spatter", severity=5)(np.full((2, 28, 28, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 28, 28, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261; edges: Canny, 1986, A
        Computational Approach to Edge Detection; distances: Borgefors, 1986, Distance
        Transformations in Digital Images
    """

    name = "spatter"
    constants = {
        "cifar32": (
            (0.62, 0.1, 0.7, 0.7, 0.5, False),
            (0.65, 0.1, 0.8, 0.7, 0.5, False),
            (0.65, 0.3, 1, 0.69, 0.5, False),
            (0.65, 0.1, 0.7, 0.69, 0.6, True),
            (0.65, 0.1, 0.5, 0.68, 0.6, True),
        ),
        "tiny64": (
            (0.62, 0.1, 0.7, 0.7, 0.6, False),
            (0.65, 0.1, 0.8, 0.7, 0.6, False),
            (0.65, 0.3, 1, 0.69, 0.6, False),
            (0.65, 0.1, 0.7, 0.68, 0.6, True),
            (0.65, 0.1, 0.5, 0.67, 0.6, True),
        ),
        "imagenet224": (
            (0.65, 0.3, 4, 0.69, 0.6, False),
            (0.65, 0.3, 3, 0.68, 0.6, False),
            (0.65, 0.3, 2, 0.68, 0.5, False),
            (0.65, 0.3, 1, 0.65, 1.5, True),
            (0.67, 0.4, 1, 0.65, 1.5, True),
        ),
    }

    def draw(self, image, constant, rng):
        if self.rng == "reference":
            return rng.normal(size=image.shape[:2], loc=constant[0], scale=constant[1])
        noise = rng.standard_normal(image.shape[:2], dtype="float32")
        return noise * np.float32(constant[1]) + np.float32(constant[0])

    def apply(self, images, constant, draws):
        if images.shape[-1] == 1:
            colours = np.repeat(images, 3, axis=-1)
            made = np.clip(self.apply(colours, constant, draws), 0.0, 1.0) * LUMA
            return (made[..., 0] + made[..., 1] + made[..., 2])[..., None]
        smoothing, threshold, amount, is_mud = constant[2:]
        # The reference computes in float32 from here on.
        images = images.astype("float32")
        liquid = self._smoothed(draws, smoothing)
        if is_mud:
            cover = self._smoothed((liquid > threshold).astype("float32"), amount)
            cover[cover < np.float32(0.8)] = 0
            colour, rest = MUD, 1 - cover
        else:
            liquid[liquid < threshold] = 0
            # Over 1 it wraps round, as the reference's cast does.
            liquid = (liquid * 255).astype(np.int32).astype(np.uint8)
            cover = droplets(liquid).astype("float32") * liquid
            most = cover.max(axis=(1, 2), keepdims=True)
            cover = cover / np.where(most > 0, most, 1) * np.float32(amount)
            colour, rest = WATER, None
        for channel, of_it in enumerate(colour):
            plane = images[..., channel]
            if rest is not None:
                plane *= rest
            plane += cover * of_it
        return images

    def _smoothed(self, layers, sigma):
        if self.rng == "reference":
            from scipy.ndimage import gaussian_filter

            return gaussian_filter(layers, (0, sigma, sigma), mode="nearest", truncate=4.0)
        down, right = (
            gaussian_matrix(size, sigma, "nearest", 4.0) for size in layers.shape[1:]
        )
        return down @ layers @ right.T
