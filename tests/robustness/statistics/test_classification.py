"""Precision, recall and F1 against a confusion matrix worked by hand and scikit-learn's figures."""

import numpy as np
import pytest
from scipy.stats import binomtest

from keras_distill.robustness.statistics.classification import Classification
from keras_distill.robustness.statistics.resample_counts import resample_counts

#              meant:  0  0  0  0  0  1  1  1  3  3  3  3
LABELS = np.array([0, 0, 0, 0, 0, 1, 1, 1, 3, 3, 3, 3])
CLEAN = np.array([0, 0, 0, 1, 3, 1, 1, 0, 3, 3, 2, 0])
FOG = np.array([0, 1, 0, 1, 3, 1, 0, 0, 3, 1, 2, 0])


def report(*cells, resamples=200):
    found = Classification(LABELS)
    for top in cells:
        found.add(top)
    return found.rows(resample_counts(len(LABELS), 0, resamples))


def column(found, name):
    return [row[name] for row in found["classes"]]


def test_by_hand_as_scikit_learn_has_it():
    # Rows: meant 0, 1, 3; columns: answered 0, 1, 2, 3: [3 1 0 1], [1 2 0 0], [1 0 1 2].
    # The figures are those of scikit-learn 1.9.1's classification_report, zero_division=0.
    found = report(CLEAN)
    assert column(found, "class") == [0, 1, 2, 3]
    assert column(found, "support") == [5, 3, 0, 4]
    assert column(found, "answers") == [5, 3, 1, 3]
    assert column(found, "precision") == pytest.approx([3 / 5, 2 / 3, 0, 2 / 3])
    assert column(found, "recall")[2] is None
    assert [column(found, "recall")[k] for k in (0, 1, 3)] == pytest.approx([3 / 5, 2 / 3, 1 / 2])
    assert column(found, "f1") == pytest.approx([0.6, 2 / 3, 0, 4 / 7])
    macro = found["macro"]
    assert macro["precision"] == pytest.approx(0.48333333333333334)
    assert macro["recall"] == pytest.approx(0.44166666666666665)
    assert macro["f1"] == pytest.approx(0.4595238095238095)


def test_answers_to_several_cells_are_counted_together():
    found = report(CLEAN, FOG)
    assert column(found, "support") == [10, 6, 0, 8]
    assert column(found, "precision") == pytest.approx([0.5, 3 / 7, 0, 0.6])
    assert [column(found, "recall")[k] for k in (0, 1, 3)] == pytest.approx([0.5, 0.5, 0.375])
    assert column(found, "f1") == pytest.approx([0.5, 6 / 13, 0, 6 / 13])
    assert found["macro"]["f1"] == pytest.approx(0.3557692307692308)


def test_a_class_that_is_never_answered_has_no_precision():
    found = report(np.where(CLEAN == 1, 0, CLEAN))
    assert column(found, "precision")[1] is None
    assert column(found, "precision_ci95")[1] is None
    assert column(found, "recall")[1] == 0 and column(found, "f1")[1] == 0
    # It counts as 0: of the answers [8, 0, 1, 3] are [4, 0, 0, 2] right.
    assert found["macro"]["precision"] == pytest.approx((4 / 8 + 2 / 3) / 4)


def test_intervals_of_a_clean_cell_are_wilsons():
    found = report(CLEAN)
    expected = binomtest(2, 3).proportion_ci(method="wilson")
    assert found["classes"][3]["precision_ci95"] == pytest.approx(list(expected))
    expected = binomtest(2, 4).proportion_ci(method="wilson")
    assert found["classes"][3]["recall_ci95"] == pytest.approx(list(expected))


def test_intervals_of_f1_are_a_bootstrap_over_examples():
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=600)
    top = np.where(rng.random(600) < 0.8, labels, 1 - labels)
    once, thrice = Classification(labels), Classification(labels)
    once.add(top)
    for _ in range(3):
        thrice.add(top)
    counts = resample_counts(600, 0)
    one, three = once.rows(counts)["macro"], thrice.rows(counts)["macro"]
    # Three equal cells are no better than one.
    for key in one:
        assert three[key] == pytest.approx(one[key])
    low, high = one["f1_ci95"]
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(0.8 * 0.2 / 600), rel=0.15)


def test_all_right_is_not_certain():
    found = report(LABELS, LABELS)
    row = found["classes"][0]
    assert row["recall"] == row["precision"] == row["f1"] == 1
    assert row["recall_ci95"] == pytest.approx(
        list(binomtest(5, 5).proportion_ci(method="wilson")), abs=1e-9
    )
    assert row["f1_ci95"] is None and found["macro"]["f1_ci95"] is None
