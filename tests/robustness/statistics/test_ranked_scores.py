import itertools

import numpy as np
import pytest

from keras_distill.robustness.statistics.ranked_scores import RankedScores


def aurc(right):
    """The definition: mean over k of the error rate of the first k."""
    return np.mean(np.cumsum(~right) / np.arange(1, len(right) + 1))


def equal_mass(confidence, right, bins):
    order = np.argsort(-confidence, kind="stable")
    parts = np.array_split(confidence[order] - right[order], bins)
    return sum(abs(part.sum()) for part in parts) / len(right)


def once(confidence, right, bins=15):
    scores = RankedScores(np.array(confidence), np.array(right, bool), bins)
    found = scores(np.ones((1, len(confidence)), "uint8"))
    return found[0][0], found[1][0]


def test_by_hand():
    # Error rates of the first 1, 2, 3, 4: 0, 1/2, 1/3, 2/4.
    found = once([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0], bins=2)
    assert found[0] == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    # Two bins of two: |0.85 − 0.5| and |0.65 − 0.5|, each of weight one half.
    assert found[1] == pytest.approx((0.35 + 0.15) / 2)


@pytest.mark.parametrize("n", [7, 15, 100, 523])
def test_against_the_definitions(n):
    rng = np.random.default_rng(n)
    confidence, right = rng.random(n), rng.random(n) < 0.6
    found = once(confidence, right)
    assert found[0] == pytest.approx(aurc(right[np.argsort(-confidence)]))
    assert found[1] == pytest.approx(equal_mass(confidence, right, 15))


def test_ties_take_the_mean_over_all_orders():
    confidence = np.array([0.9, 0.7, 0.7, 0.7, 0.7, 0.3])
    right = np.array([1, 0, 1, 1, 0, 0], bool)
    orders = [(0, *middle, 5) for middle in itertools.permutations((1, 2, 3, 4))]
    found = once(confidence, right)[0]
    assert found == pytest.approx(np.mean([aurc(right[list(order)]) for order in orders]))
    # Which of equals stands first does not matter.
    shuffled = [5, 3, 0, 4, 2, 1]
    assert once(confidence[shuffled], right[shuffled]) == pytest.approx(once(confidence, right))


def test_an_edge_inside_a_tie_shares_it_out():
    # Ties of 3 and 1 in two bins of 2: the first holds 2/3 of the tie's gap of 2.4 − 1.
    found = once([0.8, 0.8, 0.8, 0.2], [1, 0, 0, 0], bins=2)[1]
    assert found == pytest.approx((1.4 * 2 / 3 + abs(1.4 / 3 + 0.2)) / 4)


@pytest.mark.parametrize("levels", [10_000, 12])
def test_resamples_are_the_examples_repeated(levels):
    rng = np.random.default_rng(1)
    confidence = np.round(rng.random(90) * levels) / levels
    right = rng.random(90) < confidence
    counts = rng.multinomial(90, np.full(90, 1 / 90), size=8).astype("uint8")
    found = RankedScores(confidence, right)(counts)
    for index, count in enumerate(counts):
        again = once(np.repeat(confidence, count), np.repeat(right, count))
        assert (found[0][index], found[1][index]) == pytest.approx(again)
