import numpy as np
import pytest

from keras_distill.robustness.statistics.calibration_bins import CalibrationBins
from keras_distill.robustness.statistics.cell_statistics import CellStatistics
from keras_distill.robustness.statistics.example_scores import example_scores


def test_by_hand():
    bins = CalibrationBins()
    bins.add(np.array([0.95, 0.6], "float32"), np.array([True, False]))
    bins.add(np.array([1.0], "float32"), np.array([False]))
    rows = bins.rows()
    assert len(rows) == 15 and (rows[14]["low"], rows[14]["high"]) == (14 / 15, 1.0)
    assert (rows[14]["n"], rows[14]["accuracy"]) == (2, 0.5)
    assert rows[14]["confidence"] == pytest.approx(0.975)
    assert (rows[8]["n"], rows[8]["accuracy"]) == (1, 0.0)
    assert rows[0] == {"low": 0.0, "high": 1 / 15, "n": 0, "confidence": None, "accuracy": None}


def test_the_diagram_holds_the_calibration_error():
    rng = np.random.default_rng(0)
    p, labels = rng.dirichlet(np.ones(4), 100), rng.integers(0, 4, 100)
    record = example_scores(p, labels)
    bins = CalibrationBins()
    bins.add(record["confidence"], record["top"] == labels)
    rows = [row for row in bins.rows() if row["n"]]
    gaps = sum(row["n"] * abs(row["confidence"] - row["accuracy"]) for row in rows) / 100
    found = CellStatistics(record, record, labels)(np.ones((1, 100), "uint8"))
    assert gaps == pytest.approx(found["ece15"][0])
