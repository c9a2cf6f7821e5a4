import numpy as np
import pytest

from keras_distill.robustness.statistics.intervals import (
    exact_mcnemar,
    holm,
    percentiles,
    reflected,
    wilson_interval,
)


def test_wilson_against_scipy():
    from scipy.stats import binomtest

    for right, n in ((0, 10), (7, 10), (10, 10), (812, 1000)):
        low, high = binomtest(right, n).proportion_ci(method="wilson")
        assert wilson_interval(right, n) == pytest.approx([low, high], abs=1e-12)


def test_percentiles_by_hand():
    assert percentiles(np.arange(1001)) == pytest.approx([25, 975])
    # Undefined draws may be too many for a bound to be known.
    draws = np.arange(1000.0)
    draws[:25] = np.nan
    assert percentiles(draws) == pytest.approx(list(np.percentile(draws[25:], [2.5, 97.5])))
    draws[25] = np.nan
    assert percentiles(draws) is None


def test_reflected_by_hand():
    # Draws from 0.1 to 0.3 about 0.25: 0.5 less 97.5 and 2.5 %.
    draws = np.linspace(0.1, 0.3, 1001)
    assert reflected(0.25, draws) == pytest.approx([0.5 - 0.295, 0.5 - 0.105])
    assert reflected(0.1, draws) == pytest.approx([0.0, 0.2 - 0.105])
    assert reflected(0.1, draws + np.nan) is None


def test_mcnemar_by_hand():
    a = np.array([1, 1, 1, 1, 1, 0, 1, 0], bool)
    b = np.array([0, 0, 0, 0, 0, 1, 1, 0], bool)
    # 5 against 1 of 6 fair coins: 2 · (6 + 1) / 64.
    assert exact_mcnemar(a, b) == {
        "only_model": 5, "only_against": 1, "p_exact": pytest.approx(14 / 64)
    }  # fmt: skip
    assert exact_mcnemar(a, a)["p_exact"] == 1.0


def test_holm_by_hand():
    # Times 3, 2, 1 from the smallest; never below the one before, never above 1.
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
