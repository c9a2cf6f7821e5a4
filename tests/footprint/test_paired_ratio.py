"""The interval against SciPy's binomial, and against what it promises."""

import re

import numpy as np
import pytest
from scipy import stats

from keras_distill.footprint import PairedRatio
from keras_distill.footprint.paired_ratio import cut_off


def test_ratio_of_medians_within_rounds():
    mine = [[1.0, 2.0, 90.0], [3.0, 3.0], [8.0]]
    others = [[4.0], [6.0, 6.0], [8.0, 8.0]]
    # 2/4, 3/6, 8/8, however long a round took.
    assert PairedRatio.of(mine, others) == PairedRatio(0.5, None, None)


def test_ends_are_order_statistics():
    mine = [[float(n)] for n in range(20, 0, -1)]
    pair = PairedRatio.of(mine, [[1.0]] * 20)
    # 20 pairs: the sixth from either end, Conover's table of the sign test.
    assert pair == PairedRatio(10.5, 6.0, 15.0)
    assert PairedRatio.of(mine[:6], [[1.0]] * 6) == PairedRatio(17.5, 15.0, 20.0)


@pytest.mark.parametrize("rounds", range(1, 200, 7))
def test_cut_off_is_the_largest_that_keeps_95_percent(rounds):
    k = cut_off(rounds)
    tail = stats.binom(rounds, 0.5).cdf
    assert k == 0 or 2 * tail(k - 1) <= 0.05
    assert 2 * tail(k) > 0.05


def test_covers_the_true_ratio_under_skewed_noise_that_drifts():
    chance = np.random.default_rng(0)
    covered = 0
    for _ in range(1000):
        drift = np.exp(chance.normal(size=(20, 1)))
        mine = 0.8 * drift * (1 + chance.exponential(size=(20, 5)))
        others = drift * (1 + chance.exponential(size=(20, 5)))
        pair = PairedRatio.of(mine.tolist(), others.tolist())
        covered += pair.low <= 0.8 <= pair.high
    # The exact coverage is 95.86 %; three standard errors are 1.9 %.
    assert 940 <= covered <= 977


def test_as_text():
    assert str(PairedRatio(0.8, 0.75, 0.861)) == "0.80 [0.75, 0.86]"
    assert str(PairedRatio(0.004, None, None)) == "0.004"


@pytest.mark.parametrize("mine, others", [([], []), ([[1.0]], [])])
def test_nothing_to_compare(mine, others):
    sentence = (
        "A paired ratio needs as many rounds of one file as of the other, at least one. "
        f"Received: {len(mine)} and {len(others)}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        PairedRatio.of(mine, others)
