"""Pictures that change a little from frame to frame, as a hand-held camera's."""

import numpy as np

from keras_distill.corruptions.affine_warp import affine_warp
from keras_distill.corruptions.image.brightness import Brightness
from keras_distill.corruptions.image.image_corruption import ImageCorruption

# What one frame adds: pixels, degrees, and V of HSV on [0, 1].
STEPS = {"translate": 1, "rotate": 1.0, "brightness": 0.015}


def sequence(name, images, frames=10, seed=0, indices=None):
    """Makes a short film of each image, a small step of one perturbation per frame.

    What `kd.robustness.flip_probability` is measured on: the class should not flicker while
    the scene hardly moves. Steps are those of CIFAR-10-P, per frame: `"translate"` one pixel
    left, right, up or down, `"rotate"` one degree (bilinear, about the middle), what comes in
    being black; `"brightness"` 1.5 % of full, up or down. Unlike ImageNet-P's, which run through
    the clean image in their middle, sequences begin with it and go one way.

    Args:
        name: `"translate"`, `"rotate"` or `"brightness"`.
        images: `(n, height, width, 1 or 3)`, float in [0, 1] or uint8. All frames are held in
            memory, so give batches.
        frames: Frames of each sequence, the clean one among them; at least 2. Defaults to 10.
        seed: Of the direction, drawn for each example. Defaults to 0.
        indices: `(n,)`: the examples' numbers in their data set. Defaults to 0 … n − 1.

    Returns:
        `(n, frames, height, width, channels)`, float32 for float images and uint8 for uint8,
        cut off as `kd.corruptions.ImageCorruption` does. Bytes depend on seed and example
        alone.

    Raises:
        ValueError: The name, the images, the frames or the number of indices are not as above.

    Example:

    ```python
    images = np.random.default_rng(0).random((4, 8, 8, 1))
    films = kd.corruptions.sequence("translate", images, frames=3)
    classes = films.reshape(-1, 64).argmax(axis=1).reshape(4, 3)
    assert kd.robustness.flip_probability(classes) == 1.0
    ```

    Reference:
        Hendrycks & Dietterich, 2019, Benchmarking Neural Network Robustness to Common
        Corruptions and Perturbations, https://arxiv.org/abs/1903.12261, section 4;
        steps of the authors' make_cifar_p.py
    """
    if name not in STEPS:
        raise ValueError(f"Expected a sequence: {', '.join(STEPS)}. Received: {name!r}.")
    if isinstance(frames, bool) or not isinstance(frames, int) or frames < 2:
        raise ValueError(
            "`frames` must be a whole number from 2: the clean frame and what it is compared "
            f"with. Received: frames={frames!r}."
        )
    images = np.asarray(images)
    direction = _Direction(1)(images, seed, indices)
    as_bytes = images.dtype == np.uint8
    shape = (len(images), frames, *images.shape[1:])
    made = np.empty(shape, "uint8" if as_bytes else "float32")
    made[:, 0] = images
    given = images / np.float32(255) if as_bytes else images.astype("float32")
    for frame in range(1, frames):
        moved = _PERTURBED[name](given, direction, STEPS[name] * frame)
        moved = np.clip(moved, 0.0, 1.0).astype("float32")
        made[:, frame] = (moved * 255.0).astype(np.uint8) if as_bytes else moved
    return made


class _Direction(ImageCorruption):
    """Draws 0 to 3 for each image, which it checks, instead of corrupting it."""

    name = "sequence"

    def __call__(self, images, seed, indices=None):
        self._check(images)
        indices = range(len(images)) if indices is None else indices
        if len(indices) != len(images):
            raise ValueError(
                f"Expected one index for each image. Received: {len(images)} images and "
                f"{len(indices)} indices."
            )
        return np.array([rng.integers(4) for rng in self.generators(seed, indices)], int)


def _translated(images, direction, pixels):
    made = np.zeros_like(images)
    for image, source, way in zip(made, images, direction, strict=True):
        axis, sign = divmod(way, 2)
        pixels_in = min(pixels, source.shape[axis])
        onto = [slice(None), slice(None)]
        out_of = [slice(None), slice(None)]
        end = source.shape[axis] - pixels_in
        onto[axis], out_of[axis] = slice(pixels_in, None), slice(None, end)
        if sign:
            onto, out_of = out_of, onto
        image[tuple(onto)] = source[tuple(out_of)]
    return made


def _rotated(images, direction, degrees):
    angle = np.deg2rad(degrees) * (1 - 2 * (direction % 2))
    sine, cosine = np.sin(angle), np.cos(angle)
    return affine_warp(images, np.stack([cosine, -sine, sine, cosine], axis=-1))


def _brightened(images, direction, amount):
    made = np.empty_like(images)
    for sign in (0, 1):
        which = direction % 2 == sign
        made[which] = Brightness(1).apply(images[which], amount * (1 - 2 * sign), None)
    return made


_PERTURBED = {"translate": _translated, "rotate": _rotated, "brightness": _brightened}
