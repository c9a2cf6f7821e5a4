"""A small picture blown up."""

import dataclasses
import functools

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Pixelate(ImageCorruption):
    """Shrinks by averaging boxes and enlarges by repeating pixels.

    Share of the side that is left, by severity:

    - cifar32: .95, .9, .85, .75, .65
    - tiny64: .9, .8, .7, .6, .5
    - imagenet224: .6, .5, .4, .3, .25

    Float images are rounded to bytes first, as the reference's image library works on bytes.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("pixelate", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "pixelate"
    constants = {
        "cifar32": (0.95, 0.9, 0.85, 0.75, 0.65),
        "tiny64": (0.9, 0.8, 0.7, 0.6, 0.5),
        "imagenet224": (0.6, 0.5, 0.4, 0.3, 0.25),
    }
    on_bytes = True

    def apply(self, images, constant, draws):
        n, height, width, channels = images.shape
        rows, row_boxes, row_of = _boxes(height, max(1, int(height * constant)))
        columns, column_boxes, column_of = _boxes(width, max(1, int(width * constant)))
        # Channels of a pixel lie side by side.
        columns, column_of = (
            (each[..., None] * channels + np.arange(channels)).reshape(*each.shape[:-1], -1)
            for each in (columns, column_of)
        )
        small = images.reshape(n, height, width * channels)
        # Horizontally first, bytes in between: the order matters to the last bit. (Pillow 13
        # begins vertically where an image is more than twice as tall as wide.)
        small = _averages(small, columns, np.repeat(column_boxes, channels), axis=2)
        small = _averages(small, rows, row_boxes[:, None], axis=1)
        return small.take(column_of, axis=2).take(row_of, axis=1).reshape(images.shape)


def _averages(images, members, boxes, axis):
    sums = images.take(members[0], axis=axis).astype(np.uint32)
    for each, member in enumerate(members[1:], 1):
        sums += images.take(member, axis=axis) * (boxes > each)
    # Weights are whole numbers of 2⁻²², as Pillow's are, so that rounding is the same.
    sums *= np.rint(2.0**22 / boxes).astype(np.uint32)
    sums += 1 << 21
    sums >>= 22
    return sums.astype(np.uint8)


@functools.lru_cache(64)
def _boxes(source, target):
    """Which of `source` pixels make each of `target` pixels, and which one they come back to.

    Returns `(k, target)`: first, second … member of each box, the last one repeated;
    `(target,)`: how many members; `(source,)`: the box that each enlarged pixel shows.
    """
    inside = _inside(source, target)
    first, count = inside.argmax(axis=1), inside.sum(axis=1)
    members = first + np.minimum(np.arange(count.max())[:, None], count - 1)
    return members, count, _inside(target, source).argmax(axis=1)


def _inside(source, target):
    """(target, source): whether a pixel's centre lies in the box; of its edges the upper counts."""
    scale = source / target
    width = max(scale, 1.0)
    centre = (np.arange(target)[:, None] + 0.5) * scale
    each = np.arange(source)
    # Edges often meet centres; two tests and their order of operations, Pillow's, decide then.
    window = (centre - width / 2 + 0.5).astype(int), (centre + width / 2 + 0.5).astype(int)
    position = (each - centre + 0.5) * (1.0 / width)
    return (window[0] <= each) & (each < window[1]) & (position > -0.5) & (position <= 0.5)
