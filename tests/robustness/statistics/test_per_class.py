import numpy as np
import pytest
from scipy.stats import binomtest

from keras_distill.robustness.statistics.per_class import per_class
from keras_distill.robustness.statistics.resample_counts import resample_counts


def test_by_hand():
    labels = np.array([0, 0, 3, 3, 3, 3])
    right = np.array([[1, 1, 1, 1, 1, 0], [1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]], bool)
    found = per_class(right, labels, resample_counts(6, 0, 200))
    # Nothing about classes 1 and 2, which have no example.
    assert [(row["class"], row["n"]) for row in found] == [(0, 2), (3, 4)]
    assert [row["clean"] for row in found] == [1.0, 0.75]
    assert [row["corrupted"] for row in found] == [0.25, 0.125]
    assert [row["drop"] for row in found] == [0.75, 0.625]
    expected = binomtest(3, 4).proportion_ci(method="wilson")
    assert found[1]["clean_ci95"] == pytest.approx(list(expected))


def test_intervals_are_as_wide_as_a_mean_of_the_class():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [300, 900])
    clean, fog = rng.random(1200) < 0.9, rng.random(1200) < 0.6
    counts = resample_counts(1200, 0)
    first, second = per_class(np.stack([clean, fog, fog]), labels, counts)
    for row, members in ((first, labels == 0), (second, labels == 1)):
        for name, values in (("corrupted", fog), ("drop", clean.astype(float) - fog)):
            low, high = row[f"{name}_ci95"]
            # The cells agree, so two are no better than one.
            half = 1.96 * values[members].std() / np.sqrt(members.sum())
            assert (high - low) / 2 == pytest.approx(half, rel=0.12)
            assert low < row[name] < high


def test_classes_that_all_are_wrong_are_not_certain():
    labels = np.repeat([0, 1], 50)
    right = np.stack([labels == 0, labels == 0])
    rows = per_class(right, labels, resample_counts(100, 0, 100))
    assert rows[1]["corrupted_ci95"] == pytest.approx([0.0, 3.8415 / 53.8415], abs=1e-4)


def test_a_class_that_most_resamples_miss_has_no_bootstrap_interval():
    labels = np.r_[np.zeros(99, int), 1]
    right = np.stack([np.ones(100, bool), np.arange(100) % 2 == 1, np.arange(100) < 50])
    rows = per_class(right, labels, resample_counts(100, 0))
    assert rows[1]["n"] == 1 and rows[1]["corrupted"] == 0.5
    assert rows[1]["corrupted_ci95"] is None and rows[0]["corrupted_ci95"] is not None


def test_clean_only():
    rows = per_class(np.ones((1, 3), bool), np.array([0, 1, 1]), resample_counts(3, 0, 10))
    assert [row["corrupted"] for row in rows] == [None, None]
    assert rows[0]["drop_ci95"] is None
