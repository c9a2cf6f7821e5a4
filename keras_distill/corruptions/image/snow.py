"""Snow that falls."""

import dataclasses
import functools

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.motion_blurred import motion_blurred


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Snow(ImageCorruption):
    """Whitens the image and lays streaks of snow over it, and the same streaks turned round.

    The flakes are normal noise, enlarged, cut off below a threshold, smeared by
    ImageMagick's motion blur at a random angle within 45 degrees of falling. (Mean and
    deviation of the noise, enlargement, threshold, radius and deviation of the blur, share of
    the image that is not whitened), by severity: at 32 pixels (.1, .2, 1, .6, 8, 3, .95),
    (.1, .2, 1, .5, 10, 4, .9), (.15, .3, 1.75, .55, 10, 4, .9), (.25, .3, 2.25, .6, 12, 6, .85),
    (.3, .3, 1.25, .65, 14, 12, .8); at 64 the same with shares .8, .8, .7, .65, .6; at 224
    (.1, .3, 3, .5, 10, 4, .8), (.2, .3, 2, .5, 12, 4, .7), (.55, .3, 4, .9, 12, 8, .7),
    (.55, .3, 4.5, .85, 12, 8, .65), (.55, .3, 2.5, .85, 12, 12, .55).

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("snow", severity=3)(np.full((2, 28, 28, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 28, 28, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "snow"
    constants = {
        "cifar32": (
            (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
            (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
            (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
            (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
            (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
        ),
        "tiny64": (
            (0.1, 0.2, 1, 0.6, 8, 3, 0.8),
            (0.1, 0.2, 1, 0.5, 10, 4, 0.8),
            (0.15, 0.3, 1.75, 0.55, 10, 4, 0.7),
            (0.25, 0.3, 2.25, 0.6, 12, 6, 0.65),
            (0.3, 0.3, 1.25, 0.65, 14, 12, 0.6),
        ),
        "imagenet224": (
            (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
            (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
            (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
            (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
            (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
        ),
    }

    def draw(self, image, constant, rng):
        mean, deviation, factor = constant[:3]
        if self.rng == "reference":
            noise = rng.normal(size=image.shape[:2], loc=mean, scale=deviation)
            return noise, rng.uniform(-135, -45)
        # Of the noise only the part that is enlarged is seen.
        seen = [_middle(side, factor)[0] for side in image.shape[:2]]
        noise = rng.standard_normal([part.stop - part.start for part in seen], dtype="float32")
        return noise * np.float32(deviation) + np.float32(mean), rng.uniform(-135, -45)

    def apply(self, images, constant, draws):
        factor, threshold, radius, sigma, share = constant[2:]
        noise, angles = draws
        if self.rng == "reference":
            flakes = np.stack([_zoomed(each, factor) for each in noise])
        elif factor == 1:
            flakes = noise.copy()
        else:
            down, right = (_enlargement(side, factor) for side in images.shape[1:3])
            # One product for each image: its shape touches the last bits.
            flakes = down @ noise @ right.T
        flakes[flakes < threshold] = 0
        flakes = (np.clip(flakes, 0, 1) * 255).astype(np.uint8)[..., None]
        exact = "float64" if self.rng == "reference" else "float32"
        flakes = motion_blurred(flakes, radius, sigma, angles, precision=exact)[..., 0]
        flakes = flakes.astype(exact) / 255
        turned = flakes[:, ::-1, ::-1]
        # The reference whitens in float32.
        images = images.astype("float32", copy=False)
        white = _grey(images) * 1.5 + 0.5
        made = np.empty(images.shape, exact)
        for channel in range(images.shape[-1]):
            plane = images[..., channel]
            whitened = share * plane + (1 - share) * np.maximum(plane, white)
            np.add(whitened + flakes, turned, out=made[..., channel])
        return made


def _grey(images):
    """Luma (ITU-R BT.601) of float32 images, as OpenCV computes it."""
    if images.shape[-1] == 1:
        return images[..., 0]
    red, green, blue = np.moveaxis(images, -1, 0)
    return red * np.float32(0.299) + green * np.float32(0.587) + blue * np.float32(0.114)


def _middle(side, factor):
    """What is enlarged of a side, and what is kept of it then: the middle each time."""
    seen = int(np.ceil(side / factor))
    first, surplus = (side - seen) // 2, (round(seen * factor) - side) // 2
    return slice(first, first + seen), slice(surplus, surplus + side)


def _zoomed(noise, factor):
    from scipy.ndimage import zoom

    (rows, kept_rows), (columns, kept_columns) = (_middle(side, factor) for side in noise.shape)
    return zoom(noise[rows, columns], factor, order=1)[kept_rows, kept_columns]


@functools.lru_cache(maxsize=16)
def _enlargement(side, factor):
    """(side, seen) float32: SciPy's `zoom` by interpolation, of the middle of a line."""
    seen, kept = _middle(side, factor)
    seen = seen.stop - seen.start
    place = (np.arange(round(seen * factor)) * ((seen - 1) / (round(seen * factor) - 1)))[kept]
    before = np.minimum(place.astype(int), seen - 2)
    # What rounding has put past the last point is nothing to SciPy, and so to the reference.
    inside = place <= seen - 1
    matrix = np.zeros((side, seen), "float32")
    matrix[np.arange(side), before] = (1 - (place - before)) * inside
    matrix[np.arange(side), before + 1] = (place - before) * inside
    matrix.flags.writeable = False
    return matrix
