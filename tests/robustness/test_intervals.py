import numpy as np
import pytest

from keras_distill.robustness.intervals import (
    bootstrap_means,
    exact_mcnemar,
    holm,
    percentiles,
    wilson_interval,
)


def test_wilson_against_scipy():
    from scipy.stats import binomtest

    for right, n in ((0, 10), (7, 10), (10, 10), (812, 1000)):
        low, high = binomtest(right, n).proportion_ci(method="wilson")
        assert wilson_interval(right, n) == pytest.approx([low, high], abs=1e-12)


def test_bootstrap_spread_is_that_of_a_mean():
    values = np.random.default_rng(1).random((1, 400))
    means = bootstrap_means(values, seed=0)
    assert means.std() == pytest.approx(values.std() / 20, rel=0.1)
    assert (means == bootstrap_means(values, seed=0)).all()


def test_bootstrap_is_paired():
    values = np.random.default_rng(1).random(50)
    draws = bootstrap_means(np.stack([values, values + 0.25]), seed=0)
    assert percentiles(draws[1] - draws[0]) == pytest.approx([0.25, 0.25])


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
