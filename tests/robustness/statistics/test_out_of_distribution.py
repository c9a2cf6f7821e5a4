import numpy as np
import pytest

from keras_distill.robustness import out_of_distribution


def scores():
    rng = np.random.default_rng(0)
    # Two decimals: most scores tie.
    return np.round(rng.beta(5, 2, 200), 2), np.round(rng.beta(3, 3, 150), 2)


def test_against_scikit_learn():
    # scikit-learn 1.9.1 on the same scores: roc_auc_score, average_precision_score, and the first
    # point of roc_curve(drop_intermediate=False) with tpr >= 0.95.
    found = out_of_distribution(*scores(), resamples=50)
    assert found["auroc"] == pytest.approx(0.7900333333333334, rel=1e-12)
    assert found["aupr"] == pytest.approx(0.8121161007712843, rel=1e-12)
    assert found["fpr95"] == pytest.approx(0.6933333333333334, rel=1e-12)
    assert (found["n_in"], found["n_out"]) == (200, 150)


def test_by_hand():
    # Pairs won: 0.9 both, 0.7 one and a tie, so 3.5 of 4. Finding those from inside: precision
    # 1 at 0.9, 2/3 at 0.7. Both pass only at 0.7, where one of two from outside does too.
    found = out_of_distribution([0.9, 0.7], [0.7, 0.5], resamples=10)
    assert found["auroc"] == pytest.approx(3.5 / 4)
    assert found["aupr"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["fpr95"] == 0.5


def test_95_percent_exactly_is_enough():
    # 19 of 20 pass 0.8, and none from outside does.
    found = out_of_distribution([0.8] * 19 + [0.1], [0.5] * 4, resamples=10)
    assert found["fpr95"] == 0.0


def test_chance():
    same = np.linspace(0.2, 0.9, 40)
    found = out_of_distribution(same, same, resamples=400)
    assert found["auroc"] == pytest.approx(0.5)
    assert found["auroc_ci95"][0] < 0.4 and found["auroc_ci95"][1] > 0.6


def test_intervals_are_as_wide_as_the_theory():
    # DeLong, DeLong & Clarke-Pearson, 1988: the variance of an AUROC from its placements.
    inside, outside = scores()
    wins = (inside[:, None] > outside) + 0.5 * (inside[:, None] == outside)
    variance = wins.mean(axis=1).var(ddof=1) / 200 + wins.mean(axis=0).var(ddof=1) / 150
    low, high = out_of_distribution(inside, outside)["auroc_ci95"]
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(variance), rel=0.1)


def test_histogram_counts_all():
    histogram = out_of_distribution([0.05, 1.0, 0.95], [0.0, 0.31], resamples=10)["histogram"]
    assert histogram["edges"] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert histogram["in"] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert histogram["out"] == [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "inside, received",
    [([0.5, 1.5], "values from 0.5 to 1.5"), ([], "shape (0,)"), ([[0.5]], "shape (1, 1)")],
)
def test_bad_input(inside, received):
    with pytest.raises(ValueError) as raised:
        out_of_distribution(inside, [0.5])
    assert str(raised.value) == (
        "`inside` must be the highest probability of each example: one dimension, at least one "
        f"value, in [0, 1]. Received: {received}."
    )
