"""How far the answers of two runs of a file agree."""

import dataclasses

import numpy as np

from keras_distill.export.diagnosis.decibels import decibels


@dataclasses.dataclass(frozen=True)
class Agreement:
    """The worst of all outputs.

    Args:
        share: Of examples with the same largest output, in [0, 1].
        snr_db: Signal to noise, in decibel.
        examples: How many.
        choices: Whether any output has more than one number, so that a largest one says
            something.
    """

    share: float
    snr_db: float
    examples: int
    choices: bool

    @classmethod
    def measure(cls, expected, received):
        """Compares two lists of arrays `(n, …)`, one for each output."""
        shares, noise = [1.0], []
        for want, got in zip(expected, received, strict=True):
            want, got = want.astype("float64"), got.astype("float64")
            noise.append(decibels(np.sum(want**2), np.sum((got - want) ** 2)))
            if want.ndim > 1 and want.shape[-1] > 1:
                shares.append(float(np.mean(want.argmax(-1) == got.argmax(-1))))
        return cls(min(shares), min(noise), len(expected[0]), len(shares) > 1)

    def passes(self, least, least_db=15.0):
        """Whether the file is good enough; one close call is always allowed."""
        if not self.choices:
            return self.snr_db >= least_db
        allowed = max(1, int(np.floor((1 - least) * self.examples + 1e-9)))
        return round((1 - self.share) * self.examples) <= allowed
