import itertools

import numpy as np
import pytest
from scipy.stats import binomtest

from keras_distill.robustness.statistics.sign_flip_test import sign_flip_test


def enumerated(differences):
    """All 2ⁿ signs."""
    signs = np.array(list(itertools.product((-1, 1), repeat=len(differences))))
    return np.mean(np.abs(signs @ differences) >= abs(sum(differences)))


@pytest.mark.parametrize("seed", range(6))
def test_against_every_sign(seed):
    differences = np.random.default_rng(seed).integers(-5, 6, 12) + (seed % 2)
    assert sign_flip_test(differences) == pytest.approx(enumerated(differences), rel=1e-12)


def test_with_one_severity_it_is_mcnemars():
    for b, c in ((5, 1), (40, 20), (3, 3), (300, 200)):
        differences = np.r_[np.ones(b), -np.ones(c), np.zeros(50)].astype(int)
        expected = binomtest(b, b + c, 0.5).pvalue
        assert sign_flip_test(differences) == pytest.approx(expected, rel=1e-9)


def test_small_chances_are_exact():
    # Every one of 200 the same way: two of 2²⁰⁰ signs.
    assert sign_flip_test(np.full(200, -3)) == pytest.approx(2.0**-199, rel=1e-9)


def test_severities_are_not_counted_as_examples():
    # Five answers that always agree hold as much as one.
    once = np.r_[np.ones(9), -np.ones(2)].astype(int)
    assert sign_flip_test(5 * once) == pytest.approx(sign_flip_test(once), rel=1e-12)


def test_level_holds_for_clustered_answers():
    # No difference between the models; an image's five answers differ together or not at all.
    rng = np.random.default_rng(0)
    p = [sign_flip_test(5 * rng.choice([-1, 0, 1], 60, p=[0.2, 0.6, 0.2])) for _ in range(400)]
    assert np.mean(np.array(p) < 0.05) <= 0.07
    naive = [binomtest(5 * 15, 5 * 24, 0.5).pvalue, sign_flip_test(np.r_[[5] * 15, [-5] * 9])]
    assert naive[0] < 0.01 and naive[1] > 0.2


def test_no_difference():
    assert sign_flip_test(np.zeros(10, int)) == 1.0
    assert sign_flip_test([3, -3]) == 1.0
