"""One network of the export matrix: how it is built, and what it is fed."""

import dataclasses
from collections.abc import Callable

FAMILIES = ("cnn", "transformer", "text", "recurrent", "graph")


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A network by name, its builder, and examples for calibration and comparison.

    `build()` gives a `keras.Model`, trained where `weights` says so; the caller seeds Keras
    before. `samples(n, seed)` gives an array or a dict of arrays, float32 or int32. Calibration
    takes seed 1, comparison seed 2; where the data are real these are different examples, and
    there may be fewer than `n`.
    """

    name: str
    family: str
    build: Callable
    samples: Callable
    weights: str = "random"
    fed: str = "uniform"
    keep_float: tuple = ()
    preprocess: object = None

    def __post_init__(self):
        if self.family not in FAMILIES:
            raise ValueError(f"{self.name}: family is one of {FAMILIES}, got {self.family!r}.")

    @property
    def trained(self):
        """Whether the weights were learnt, so that the choice of a class means something."""
        return self.weights != "random"
