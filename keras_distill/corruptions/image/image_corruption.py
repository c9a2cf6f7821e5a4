"""What every corruption of images is."""

import dataclasses

import numpy as np

from keras_distill.corruptions.corruption import Corruption

# Largest side in pixels that each table of constants is taken for. The tables were made for
# 32, 64 and 224 pixels; between them the nearer one, by ratio, is chosen.
PROFILES = {"cifar32": 48, "tiny64": 120, "imagenet224": float("inf")}
RNGS = ("fast", "reference")


@dataclasses.dataclass(frozen=True)
class ImageCorruption(Corruption):
    """A way in which images get worse, at one severity.

    Subclass it for a new one: a `name`, a table `constants` of five severities per
    profile, `apply`, and `draw` where something is random. Bytes depend on (seed,
    corruption, severity, example index) alone.

    Args:
        severity: 1 (slight) to 5 (strong).
        profile: Table of constants: `"cifar32"` (up to 48 pixels a side), `"tiny64"` (up to
            120) or `"imagenet224"` (larger). `None` (default) chooses by the size of the
            images.
        rng: `"fast"` (default): counter-based draws and float32. `"reference"`: what
            Hendrycks' scripts draw and compute, in float64; the image of index i as after
            `np.random.seed(seed + i)`.

    Call with `(images, seed, indices=None)`: images `(n, height, width, 1 or 3)`, float
    in [0, 1] (float32 comes back) or uint8 (uint8 comes back, cut off as the reference
    does); `indices` `(n,)` the examples' numbers in their data set, 0 … n − 1 by default.

    Raises:
        ValueError: Severity, profile, rng or images are not as above.

    Example:

    ```python
    class Darker(kd.corruptions.ImageCorruption):
        name = "darker"
        constants = {"cifar32": (0.1, 0.2, 0.3, 0.4, 0.5)}

        def apply(self, images, constant, draws):
            return images - constant

    assert np.allclose(Darker(2)(np.full((1, 8, 8, 1), 0.7), seed=0), 0.5)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, Benchmarking Neural Network Robustness to Common
        Corruptions and Perturbations, https://arxiv.org/abs/1903.12261; constants of the
        authors' make_cifar_c.py, make_tinyimagenet_c.py and make_imagenet_c.py
    """

    profile: str | None = None
    rng: str = "fast"

    # Not fields: what a subclass says of itself.
    constants = {}
    # True: `apply` works on uint8 images instead of floats in [0, 1].
    on_bytes = False
    # Channel values that `apply` is given at once, if that is an image or more: so many that
    # a core's own cache holds a few arrays of them.
    block_size = 2**16

    def __post_init__(self):
        super().__post_init__()
        if self.profile is not None and self.profile not in PROFILES:
            raise ValueError(
                f"`profile` must be one of {', '.join(PROFILES)}, or None to choose by the size "
                f"of the images. Received: profile={self.profile!r}."
            )
        if self.rng not in RNGS:
            raise ValueError(f'`rng` must be "fast" or "reference". Received: rng={self.rng!r}.')

    @property
    def random(self):
        """Whether anything is drawn."""
        return type(self).draw is not ImageCorruption.draw

    def draw(self, image, constant, rng):
        """The random numbers that one image needs.

        Args:
            image: `(height, width, channels)` in [0, 1].
            constant: The severity's entry of the table.
            rng: `np.random.Generator` where `self.rng` is `"fast"`, else an
                `np.random.RandomState`.

        Returns:
            An array or a number, or a tuple of them, of the same shape for every image.
        """
        return None

    def apply(self, images, constant, draws):
        """The corruption itself, before clipping.

        Nothing here may let the number of images touch the result: no matrix product, and no
        sum over a contiguous batch, whose order of adding depends on it.

        Args:
            images: `(n, height, width, channels)`: float32 in [0, 1], float64 where
                `self.rng` is `"reference"`, uint8 where `on_bytes`. Not to be written to.
            constant: The severity's entry of the table.
            draws: What `draw` gave for each image, stacked along a first axis (a tuple of
                stacks for a tuple); `None` where nothing is drawn.

        Returns:
            Images of the same shape and kind.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define apply(images, constant, draws)."
        )

    def profile_for(self, images):
        """The name of the table that images of this size are corrupted by."""
        if self.profile is not None:
            return self.profile
        side = max(images.shape[1:3])
        return next(name for name, largest in PROFILES.items() if side <= largest)

    def __call__(self, images, seed, indices=None):
        images = np.asarray(images)
        self._check(images)
        profile = self.profile_for(images)
        if profile not in self.constants:
            raise ValueError(
                f"'{self.name}' has no table of constants '{profile}'. Expected one of: "
                f"{', '.join(self.constants)}."
            )
        constant = self.constants[profile][self.severity - 1]
        indices = range(len(images)) if indices is None else indices
        if len(indices) != len(images):
            raise ValueError(
                f"Expected one index for each image. Received: {len(images)} images and "
                f"{len(indices)} indices."
            )
        made = np.empty(images.shape, "uint8" if images.dtype == np.uint8 else "float32")
        if not images.size:
            return made
        step = max(1, self.block_size // images[0].size)
        rngs = self._rngs(seed, indices) if self.random else None
        for start in range(0, len(images), step):
            block = slice(start, start + step)
            made[block] = self._block(images[block], constant, rngs)
        return made

    def _block(self, images, constant, rngs):
        as_bytes = images.dtype == np.uint8
        exact = "float64" if self.rng == "reference" else "float32"
        if self.on_bytes:
            given = images if as_bytes else np.round(images * 255.0).astype(np.uint8)
        elif as_bytes:
            given = np.divide(images, 255.0, dtype=exact)
        else:
            given = images.astype(exact)
        draws = None
        if rngs is not None:
            draws = [self.draw(image, constant, next(rngs)) for image in given]
            if isinstance(draws[0], tuple):
                draws = tuple(np.stack(each) for each in zip(*draws, strict=True))
            else:
                draws = np.stack(draws)
        made = self.apply(given, constant, draws)
        if self.on_bytes:
            return made if as_bytes else np.divide(made, 255.0, dtype="float32")
        made = np.clip(made, 0.0, 1.0)
        if not as_bytes:
            return made
        # Cut off, not rounded: what the reference's np.uint8 does.
        return np.multiply(made, 255.0, out=made).astype(np.uint8)

    def _rngs(self, seed, indices):
        if self.rng == "fast":
            return self.generators(seed, indices)
        return (np.random.RandomState((int(seed) + int(index)) % 2**32) for index in indices)

    def _check(self, images):
        if images.ndim != 4 or images.shape[-1] not in (1, 3):
            raise ValueError(
                "Expected images of shape (n, height, width, channels) with 1 or 3 channels. "
                f"Received: shape {images.shape}."
            )
        if images.dtype != np.uint8 and images.dtype.kind != "f":
            raise ValueError(
                "Expected float images in [0, 1] or uint8 images, so that the scale is plain. "
                f"Received: dtype {images.dtype}. Convert with images.astype('uint8') or divide "
                "by 255."
            )
        if images.dtype.kind == "f" and images.size:
            low, high = float(images.min()), float(images.max())
            if not (low >= 0.0 and high <= 1.0):
                raise ValueError(
                    f"Expected float images in [0, 1]. Received: values from {low:g} to {high:g}. "
                    "Corrupt the images before they are scaled for a model."
                )
