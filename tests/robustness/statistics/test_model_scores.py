import numpy as np
import pytest

from keras_distill.robustness.statistics.cell_scores import METRICS
from keras_distill.robustness.statistics.model_scores import ModelScores

CELLS = [("clean", 0), ("fog", 1), ("fog", 2), ("snow", 1)]


def filled(rows, draws=None, n=100, resamples=200):
    """ModelScores whose cells have the scores of `rows` and draws around them."""
    rng = np.random.default_rng(0)
    scores = ModelScores(CELLS[: len(rows)], n, resamples)
    for index, row in enumerate(rows):
        row = {"accuracy": 0.5} | row
        found = {name: row[name] + 0.01 * rng.normal(size=resamples) for name in row
                 if row[name] is not None}  # fmt: skip
        found |= {} if draws is None else draws[index]
        whole = {key: None for name in METRICS for key in (name, f"{name}_ci95")} | row
        scores.add(whole, found)
    return scores


def test_means_and_their_intervals():
    scores = filled([{"nll": 1.0}, {"nll": 2.0}, {"nll": 3.0}, {"nll": 7.0}])
    assert scores.clean("nll")[0] == 1.0
    value, (low, high) = scores.corrupted("nll")
    assert value == 4.0
    # Three independent draws of sd 0.01, averaged.
    assert (high - low) / 2 == pytest.approx(1.96 * 0.01 / np.sqrt(3), rel=0.15)


def test_undefined_cells_and_draws_are_left_out():
    half = np.where(np.arange(200) < 100, np.nan, 0.5)
    rows = [{"error_consistency": value} for value in (None, 0.2, None, 0.4)]
    draws = [{}, {"error_consistency": np.full(200, 0.2)}, {}, {"error_consistency": half}]
    scores = filled(rows, draws)
    assert scores.clean("error_consistency") == (None, None)
    value, interval = scores.corrupted("error_consistency")
    assert value == pytest.approx(0.3)
    assert interval == pytest.approx([0.2, 0.35])
    assert scores.corrupted("kl") == (None, None)


def test_calibration_errors_are_reflected():
    rows = [{"ece15": 0.1}] * 3
    draws = [{"ece15": np.linspace(0.1, 0.2, 200)}] * 3
    value, interval = filled(rows, draws).corrupted("ece15")
    assert value == pytest.approx(0.1)
    assert interval == pytest.approx([0.2 - 0.1975, 0.2 - 0.1025])


def test_shares_of_all_or_none_are_not_certain():
    still = np.ones(200)
    rows = [{"accuracy": 1.0, "agreement_when_right": 1.0}] * 3
    draws = [{"accuracy": still, "agreement_when_right": still}] * 3
    scores = filled(rows, draws)
    assert scores.corrupted("accuracy")[1] == pytest.approx([100 / 103.8415, 1.0], abs=1e-6)
    # Of how many is not known here: the baseline may be right on few.
    assert scores.corrupted("agreement_when_right") == (1.0, None)


def test_some_corruptions():
    rows = [{"accuracy": value} for value in (0.9, 0.8, 0.6, 0.1)]
    scores = filled(rows)
    value, (low, high) = scores.mean_accuracy(["fog", "frost"])
    assert value == pytest.approx(0.7) and low < 0.7 < high and high - low < 0.04
