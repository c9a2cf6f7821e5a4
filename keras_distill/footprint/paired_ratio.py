"""How much slower or faster, with an interval that is exact for any noise."""

import dataclasses
import math

import numpy as np


@dataclasses.dataclass(frozen=True)
class PairedRatio:
    """How many times longer one file takes than another, from rounds in which both had a turn.

    Each round gives one ratio of medians; `ratio` is the median of these. The interval is the
    one that belongs to the sign test: the k-th smallest and the k-th largest ratio, k as large
    as a fair coin allows. It covers the true median ratio in at least 95 of 100 measurements
    whatever the noise looks like, as long as the rounds do not depend on each other; nothing
    is drawn at random. Under six rounds there is no such interval.

    Args:
        ratio: The median of the rounds' ratios; below 1 is faster.
        low: Lower end of the interval, or None.
        high: Upper end, or None.

    Example:

    ```python
    fast, slow = [[1.0, 1.1, 1.0]] * 6, [[2.0, 2.2, 2.0]] * 6
    assert str(kd.footprint.PairedRatio.of(fast, slow)) == "0.50 [0.50, 0.50]"
    ```

    Reference:
        W. R. Thompson, On confidence ranges for the median and other expectation
        distributions for populations of unknown distribution form, 1936.
    """

    ratio: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, rounds, reference):
        """From two lists of rounds, each a list of seconds; round i of both was at one time.

        Raises:
            ValueError: There is no round, or not as many of one as of the other.
        """
        if len(rounds) != len(reference) or not rounds:
            raise ValueError(
                "A paired ratio needs as many rounds of one file as of the other, at least one. "
                f"Received: {len(rounds)} and {len(reference)}."
            )
        pairs = zip(rounds, reference, strict=True)
        ratios = sorted(float(np.median(mine) / np.median(others)) for mine, others in pairs)
        cut = cut_off(len(ratios))
        low, high = (ratios[cut - 1], ratios[-cut]) if cut else (None, None)
        return cls(float(np.median(ratios)), low, high)

    def __str__(self):
        if self.low is None:
            return _short(self.ratio)
        return f"{_short(self.ratio)} [{_short(self.low)}, {_short(self.high)}]"


def cut_off(rounds):
    """The largest k for which k - 1 or fewer heads in so many tosses have a chance of 1/40."""
    k = total = 0
    while True:
        total += math.comb(rounds, k)
        if 40 * total > 2**rounds:
            return k
        k += 1


def _short(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"
