import numpy as np
import pytest
from scipy.stats import binomtest

from keras_distill.robustness.statistics.cell_scores import METRICS, cell_scores
from keras_distill.robustness.statistics.example_scores import example_scores
from keras_distill.robustness.statistics.resample_counts import resample_counts


def answers(n, seed, sharp=2.0, classes=3):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    z = rng.normal(0, 1, (n, classes)) + sharp * np.eye(classes)[labels]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return p, labels


def test_shares_have_wilsons_interval():
    q, labels = answers(200, 0)
    p, _ = answers(200, 1)
    reference, record = example_scores(q, labels), example_scores(p, labels, q)
    row, _ = cell_scores(record, reference, labels, resample_counts(200, 0, 50))
    right, base = record["top"] == labels, reference["top"] == labels
    agree = record["top"] == reference["top"]
    for name, hits, n in (
        ("accuracy", right.sum(), 200),
        ("agreement", agree.sum(), 200),
        ("agreement_when_right", agree[base].sum(), base.sum()),
        ("agreement_when_wrong", agree[~base].sum(), (~base).sum()),
        ("negative_flips", (base & ~right).sum(), 200),
        ("positive_flips", (~base & right).sum(), 200),
    ):
        expected = binomtest(int(hits), int(n)).proportion_ci(method="wilson")
        assert row[name] == pytest.approx(hits / n)
        assert row[f"{name}_ci95"] == pytest.approx(list(expected)), name


def test_means_have_the_bootstraps():
    p, labels = answers(400, 0)
    record = example_scores(p, labels)
    row, draws = cell_scores(record, record, labels, resample_counts(400, 0))
    half = 1.96 * record["nll"].std() / 20
    low, high = row["nll_ci95"]
    assert (high - low) / 2 == pytest.approx(half, rel=0.1)
    assert [low, high] == pytest.approx(np.percentile(draws["nll"], [2.5, 97.5]))
    assert draws["nll"].shape == (1000,) and draws["aurc"].std() > 0


def test_blocks_of_resamples_do_not_matter(monkeypatch):
    p, labels = answers(60, 0)
    record, counts = example_scores(p, labels), resample_counts(60, 0, 20)
    whole = cell_scores(record, record, labels, counts)[1]
    monkeypatch.setattr("keras_distill.robustness.statistics.cell_scores._BLOCK", 60 * 7)
    for name, values in cell_scores(record, record, labels, counts)[1].items():
        np.testing.assert_allclose(values, whole[name], rtol=1e-12, equal_nan=True)


def test_calibration_error_of_a_calibrated_model_covers_its_truth():
    # Labels drawn from the probabilities: the true ECE is 0. Percentiles of the draws all lie
    # above the estimate, so they would miss it every time.
    rng = np.random.default_rng(0)
    missed = above = 0
    for seed in range(10):
        p = rng.dirichlet(np.ones(3), 300)
        labels = (rng.random(300)[:, None] > p.cumsum(axis=1)).sum(axis=1)
        record = example_scores(p, labels)
        row, draws = cell_scores(record, record, labels, resample_counts(300, seed, 200))
        missed += row["ece15_ci95"][0] > 0
        above += np.percentile(draws["ece15"], 2.5) > 0
    assert above == 10 and missed <= 2


def test_every_metric_is_there():
    p, labels = answers(30, 0)
    record = example_scores(p, labels)
    row, _ = cell_scores(record, record, labels, resample_counts(30, 0, 5))
    assert set(row) == {key for name in METRICS for key in (name, f"{name}_ci95")}
    # Without a temperature.
    assert row["nll_scaled"] is None and row["ece15_scaled_ci95"] is None
    assert example_scores(p, labels, None, 1.1).keys() > record.keys()


def test_undefined_has_no_interval():
    labels = np.array([0, 1] * 10)
    p = np.where(np.eye(2)[labels] > 0, 0.9, 0.1)
    record = example_scores(p, labels)
    row, draws = cell_scores(record, record, labels, resample_counts(20, 0, 50))
    assert row["error_consistency"] is None and row["error_consistency_ci95"] is None
    assert row["agreement_when_wrong"] is None and row["accuracy_ci95"][1] == 1.0
    assert np.isnan(draws["error_consistency"]).all()
