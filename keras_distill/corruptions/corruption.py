"""What every corruption is: frozen, repeatable, the same for any batch."""

import dataclasses
import hashlib

import numpy as np

SEVERITIES = (1, 2, 3, 4, 5)


@dataclasses.dataclass(frozen=True)
class Corruption:
    """A way in which data get worse, at one severity.

    What it corrupts is said by the kind: `kd.corruptions.ImageCorruption` or
    `kd.corruptions.TextCorruption`; subclass one of those for a corruption of your own.
    The draw depends on (seed, corruption, severity, example index) alone, so neither
    batch size nor order nor the other examples matter.

    Args:
        severity: 1 (slight) to 5 (strong).

    Call with `(examples, seed, indices=None)`: `indices` `(n,)` are the examples' numbers
    in their data set, from 0; 0 … n − 1 by default.

    Raises:
        ValueError: The severity is none of the five.

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
        Corruptions and Perturbations, https://arxiv.org/abs/1903.12261
    """

    severity: int

    # Not fields: what a subclass says of itself.
    name = None
    severities = SEVERITIES
    # True: near what the paper's authors do, not equal; a report says so.
    approximate = False

    def __post_init__(self):
        if self.severity not in SEVERITIES or isinstance(self.severity, bool):
            raise ValueError(
                f"`severity` must be 1, 2, 3, 4 or 5. Received: severity={self.severity!r}."
            )

    def generators(self, seed, indices):
        """A fresh random generator for each example, one after the other.

        It is one object set anew for each example: use it up before taking the next.

        Args:
            seed: Any whole number.
            indices: `(n,)` whole numbers from 0.

        Returns:
            An iterator of `np.random.Generator`.
        """
        digest = hashlib.sha256(f"{self.name}/{self.severity}/{seed}".encode()).digest()
        key = np.frombuffer(digest[:16], "<u8").astype(np.uint64)
        philox = np.random.Philox(key=key)
        state = philox.state
        for index in indices:
            # The index is the counter's highest word: streams cannot meet.
            state["state"]["counter"] = np.array([0, 0, 0, index], np.uint64)
            philox.state = state
            yield np.random.Generator(philox)

    def get_config(self):
        """What makes the same corruption again: its name and its fields."""
        return {"name": self.name, **dataclasses.asdict(self)}

    @classmethod
    def from_config(cls, config):
        """The corruption that `get_config` described."""
        return cls(**{key: value for key, value in config.items() if key != "name"})
