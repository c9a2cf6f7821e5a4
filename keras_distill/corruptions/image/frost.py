"""Frost on the lens."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.frost_textures import frost_textures
from keras_distill.corruptions.image.image_corruption import ImageCorruption

# Numbers added at a time: they stay in a core's own cache.
_STRIP = 2**14
SCALES = {"cifar32": 0.2, "tiny64": 0.3, "imagenet224": 1}


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Frost(ImageCorruption):
    """Adds a random piece of a picture of frost.

    The five pictures are our own, drawn by rule (the origin of the reference's photographs
    is not documented), so that bytes differ from the reference's; their brightness and
    contrast are near. Drawing them takes about a second, once in a process. Weights of the
    image and of the frost, by severity: at 32 pixels (1, .2), (1, .3), (.9, .4), (.85, .4),
    (.75, .45); at 64 (1, .3), (.9, .4), (.8, .45), (.75, .5), (.7, .55); at 224 (1, .4),
    (.8, .6), (.7, .7), (.65, .7), (.6, .75). The pictures are shrunk to .2, .3 or 1 of their
    size by the profile. Float images are rounded to bytes first, as the reference adds bytes.
    A grey image gets the grey of the frost.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("frost", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "frost"
    constants = {
        "cifar32": ((1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45)),
        "tiny64": ((1, 0.3), (0.9, 0.4), (0.8, 0.45), (0.75, 0.5), (0.7, 0.55)),
        "imagenet224": ((1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)),
    }
    on_bytes = True
    approximate = True

    def draw(self, image, constant, rng):
        # Which picture, then how far down, how far to the right: shares of what there is.
        if self.rng == "fast":
            return rng.random(3)
        return np.array(
            [rng.randint(0, size) for size in _choices(self._textures(image[None]), image)]
        )

    def apply(self, images, constant, draws):
        height, width = images.shape[1:3]
        textures = self._textures(images)
        exact = "float64"
        if self.rng == "fast":
            draws, exact = (draws * _choices(textures, images[0])).astype(int), "float32"
        frost = np.empty(images.shape, "uint8")
        for into, (which, top, left) in zip(frost, draws, strict=True):
            piece = textures[which, top : top + height, left : left + width]
            if piece.shape != into.shape:
                # The pictures join at their borders, so that there is enough of them.
                rows = np.arange(top, top + height) % textures.shape[1]
                columns = np.arange(left, left + width) % textures.shape[2]
                piece = textures[which][rows].take(columns, axis=1)
            into[:] = piece
        made = np.empty_like(frost)
        images, frost, flat = images.reshape(-1), frost.reshape(-1), made.reshape(-1)
        for start in range(0, flat.size, _STRIP):
            strip = slice(start, start + _STRIP)
            total, share = images[strip].astype(exact), frost[strip].astype(exact)
            total *= constant[0]
            share *= constant[1]
            total += share
            # Cut off before the limit is set: that of whole numbers is several times as fast.
            flat[strip] = np.minimum(total.astype(np.uint16), 255)
        return made

    def _textures(self, images):
        return frost_textures(SCALES[self.profile_for(images)], images.shape[-1])


def _choices(textures, image):
    """How many pictures, and how many places in one for the piece's top and for its left."""
    number, *sides = textures.shape[:3]
    rooms = [side - size for side, size in zip(sides, image.shape[:2], strict=True)]
    return number, *(room if room > 0 else side for room, side in zip(rooms, sides, strict=True))
