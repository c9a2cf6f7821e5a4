"""What every corruption is: frozen, repeatable, the same for any batch."""

import dataclasses
import hashlib

import numpy as np

SEVERITIES = (1, 2, 3, 4, 5)
# Largest side in pixels that each table of constants was made for.
PROFILES = {"cifar32": 48}


@dataclasses.dataclass(frozen=True)
class Corruption:
    """A way in which images get worse, at one severity.

    Subclass it for a new one: a `name`, a table `constants` of five severities per
    profile, and `apply`. The draw depends on (seed, corruption, severity, example
    index) alone, so neither batch size nor order nor the other examples matter.

    Args:
        severity: 1 (slight) to 5 (strong).
        profile: Table of constants: `"cifar32"`, the only one built so far, for images
            of up to 48 pixels a side. `None` (default) chooses by the size of the
            images, and refuses larger ones; naming the profile takes any size.

    Call with `(images, seed, indices=None)`: images `(n, height, width, 1 or 3)`, float
    in [0, 1] (float32 comes back) or uint8 (uint8 comes back, cut off as the reference
    does); `indices` `(n,)` the examples' numbers in their data set, 0 … n − 1 by default.

    Raises:
        ValueError: Severity, profile or images are not as above.

    Example:

    ```python
    corruption = kd.corruptions.get("gaussian_noise", severity=3)
    assert isinstance(corruption, kd.corruptions.Corruption)
    images = np.full((4, 8, 8, 1), 0.5)
    whole = corruption(images, seed=0)
    part = corruption(images[2:], seed=0, indices=[2, 3])
    assert (whole[2:] == part).all()
    ```

    Reference:
        Hendrycks & Dietterich, 2019, Benchmarking Neural Network Robustness to Common
        Corruptions and Perturbations, https://arxiv.org/abs/1903.12261; constants of the
        authors' make_cifar_c.py
    """

    severity: int
    profile: str | None = None

    # Not fields: what a subclass says of itself.
    name = None
    constants = {}
    # True: `apply` is given one image at a time with a generator of its own.
    random = False
    # True: `apply` works on uint8 images instead of float64 in [0, 1].
    on_bytes = False

    def __post_init__(self):
        if self.severity not in SEVERITIES or isinstance(self.severity, bool):
            raise ValueError(
                f"`severity` must be 1, 2, 3, 4 or 5. Received: severity={self.severity!r}."
            )
        if self.profile is not None and self.profile not in PROFILES:
            raise ValueError(
                f"`profile` must be one of {', '.join(PROFILES)}, or None to choose by the size "
                f"of the images. Received: profile={self.profile!r}."
            )

    def apply(self, images, constant, rng=None):
        """The corruption itself, before clipping.

        Args:
            images: Float64 in [0, 1], `(n, height, width, channels)`, or one image where
                `random`; uint8 where `on_bytes`.
            constant: The severity's entry of the table.
            rng: `np.random.Generator`, or an `np.random.RandomState` to draw what the
                reference draws.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define apply(images, constant, rng)."
        )

    def profile_for(self, images):
        """The name of the table that images of this size are corrupted by."""
        if self.profile is not None:
            return self.profile
        side = max(images.shape[1:3])
        fitting = [name for name, largest in PROFILES.items() if side <= largest]
        if not fitting:
            raise ValueError(
                f"The constants of '{self.name}' were made for images of up to "
                f"{max(PROFILES.values())} pixels a side. Received: images of "
                f'{images.shape[1]} × {images.shape[2]}. Pass profile="cifar32" to use them all '
                "the same, and say so beside the figure."
            )
        return fitting[0]

    def __call__(self, images, seed, indices=None):
        images = np.asarray(images)
        self._check(images)
        constant = self.constants[self.profile_for(images)][self.severity - 1]
        indices = range(len(images)) if indices is None else indices
        if len(indices) != len(images):
            raise ValueError(
                f"Expected one index for each image. Received: {len(images)} images and "
                f"{len(indices)} indices."
            )
        as_bytes = images.dtype == np.uint8
        if self.on_bytes:
            given = images if as_bytes else np.round(images * 255.0).astype(np.uint8)
        else:
            given = images / 255.0 if as_bytes else images.astype("float64")
        if self.random:
            rngs = (self._generator(seed, int(index)) for index in indices)
            made = [self.apply(x, constant, rng) for x, rng in zip(given, rngs, strict=True)]
            made = np.stack(made) if made else given
        else:
            made = self.apply(given, constant)
        if self.on_bytes:
            return made if as_bytes else (made / 255.0).astype("float32")
        made = np.clip(made, 0.0, 1.0)
        # Cut off, not rounded: what the reference's np.uint8 does.
        return (made * 255.0).astype(np.uint8) if as_bytes else made.astype("float32")

    def _generator(self, seed, index):
        digest = hashlib.sha256(f"{self.name}/{self.severity}/{seed}".encode()).digest()
        key = int.from_bytes(digest[:16], "little")
        # The index is the counter's highest word: streams cannot meet.
        return np.random.Generator(np.random.Philox(key=key, counter=index << 192))

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

    def get_config(self):
        """What makes the same corruption again: name, severity, profile."""
        return {"name": self.name, "severity": self.severity, "profile": self.profile}

    @classmethod
    def from_config(cls, config):
        """The corruption that `get_config` described."""
        return cls(severity=config["severity"], profile=config["profile"])
