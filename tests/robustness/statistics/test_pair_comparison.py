import numpy as np
import pytest

from keras_distill.robustness.statistics.model_scores import ModelScores
from keras_distill.robustness.statistics.pair_comparison import pair_comparison, verdict_of
from keras_distill.robustness.statistics.resample_counts import resample_counts
from keras_distill.robustness.statistics.sign_flip_test import sign_flip_test

CELLS = [("clean", 0), ("fog", 1), ("fog", 2), ("snow", 1)]


def scores(right, counts):
    found = ModelScores(CELLS[: len(right)], right.shape[1], len(counts))
    for index, row in enumerate(right):
        found.accuracy[index] = row.mean()
        found.accuracy_draws[index] = counts @ row / len(row)
    return found


def compared(a, b, margin=0.005):
    counts = resample_counts(a.shape[1], 0)
    cells = CELLS[: len(a)]
    return pair_comparison(cells, (a, b), (scores(a, counts), scores(b, counts)), margin)


def pair(n=500, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((4, n)) < 0.7, rng.random((4, n)) < 0.6


def test_differences_and_their_intervals():
    a, b = pair()
    found = compared(a, b)
    assert found["clean_difference"] == pytest.approx(a[0].mean() - b[0].mean())
    assert found["corrupted_difference"] == pytest.approx(a[1:].mean() - b[1:].mean())
    # robustness.md §6: d ± 1.96 √(b + c − (b − c)²/n) / n.
    only_a, only_b = np.sum(a[0] & ~b[0]), np.sum(b[0] & ~a[0])
    half = 1.96 * np.sqrt(only_a + only_b - (only_a - only_b) ** 2 / 500) / 500
    low, high = found["clean_difference_ci95"]
    assert (high - low) / 2 == pytest.approx(half, rel=0.08)
    # Over cells the example is the unit.
    each = (a[1:].astype(float) - b[1:]).mean(axis=0)
    low, high = found["corrupted_difference_ci95"]
    assert (high - low) / 2 == pytest.approx(1.96 * each.std() / np.sqrt(500), rel=0.08)


def test_by_corruption_the_example_is_the_unit():
    a, b = pair()
    fog, snow = compared(a, b)["by_corruption"]
    each = a[1:3].sum(axis=0) - b[1:3].sum(axis=0)
    assert (fog["corruption"], snow["corruption"]) == ("fog", "snow")
    assert fog["difference"] == pytest.approx(each.mean() / 2)
    assert (fog["only_model"], fog["only_against"]) == (np.sum(each > 0), np.sum(each < 0))
    assert fog["p_exact"] == sign_flip_test(each)
    low, high = fog["difference_ci95"]
    assert low < fog["difference"] < high


def test_flips_name_the_examples():
    a, b = np.array([[1, 0, 0, 1]], bool), np.array([[1, 1, 0, 0]], bool)
    found = compared(a, b)
    assert found["flips"] == {
        "negative": [1], "positive": [3], "negative_count": 1, "positive_count": 1
    }  # fmt: skip
    assert found["clean_mcnemar"] == {"only_model": 1, "only_against": 1, "p_exact": 1.0}
    assert found["corrupted_difference"] is None and found["corrupted_verdict"] is None
    many = compared(np.zeros((1, 300), bool), np.ones((1, 300), bool))["flips"]
    assert len(many["negative"]) == 200 and many["negative_count"] == 300


def test_no_example_judged_differently_is_not_certain():
    # Tango's score interval without discordant pairs: 0 ± z² / (n + z²).
    for n, verdict in ((100, "not told apart"), (2000, "as good")):
        right = np.arange(4 * n).reshape(4, n) % 3 > 0
        found = compared(right, right)
        bound = 3.841459 / (n + 3.841459)
        assert found["clean_difference_ci95"] == pytest.approx([-bound, bound])
        assert found["corrupted_difference_ci95"] == pytest.approx([-bound, bound])
        assert found["by_corruption"][0]["difference_ci95"] == pytest.approx([-bound, bound])
        assert (found["clean_verdict"], found["corrupted_verdict"]) == (verdict, verdict)


@pytest.mark.parametrize(
    "interval, verdict",
    [
        ([0.001, 0.02], "better"),
        ([0.0, 0.02], "as good"),
        ([-0.005, 0.003], "as good"),
        # Below zero for certain, but not by as much as matters.
        ([-0.004, -0.001], "as good"),
        ([-0.0051, -0.001], "worse"),
        ([-0.03, -0.01], "worse"),
        ([-0.006, 0.0], "not told apart"),
        ([-0.02, 0.03], "not told apart"),
    ],
)
def test_verdicts(interval, verdict):
    assert verdict_of(interval, 0.005) == verdict
