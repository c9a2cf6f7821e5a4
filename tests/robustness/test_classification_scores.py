import numpy as np
import pytest

from keras_distill import metrics
from keras_distill.robustness.classification_scores import (
    calibration_error,
    macro_f1,
    negative_log_likelihood,
)


def test_calibration_by_hand():
    # Two at 0.9 of which one is right, two at 0.6 that are both right.
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]])
    labels = np.array([0, 1, 1, 1])
    assert calibration_error(p, labels) == pytest.approx((2 * 0.4 + 2 * 0.4) / 4)


def test_macro_f1_by_hand():
    # Class 0: 2·1/(1+2), class 1: 2·1/(2+1); class 2 occurs nowhere and does not count.
    assert macro_f1(np.array([0, 1, 1]), np.array([0, 0, 1]), 3) == pytest.approx(2 / 3)


def test_likelihood_stays_finite():
    p = np.array([[1.0, 0.0]])
    assert negative_log_likelihood(p, np.array([1])) == pytest.approx(-np.log(1e-12))


def test_twins_of_the_keras_metrics():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(5), 300).astype("float32")
    # Class 4 is never a label but is predicted: both must count it.
    labels = rng.integers(0, 4, 300)
    ece, f1 = metrics.ExpectedCalibrationError(), metrics.MacroF1(5)
    ece.update_state(labels, p)
    f1.update_state(labels, p)
    assert calibration_error(p, labels) == pytest.approx(float(ece.result()), abs=1e-6)
    assert macro_f1(p.argmax(axis=1), labels, 5) == pytest.approx(float(f1.result()), abs=1e-6)
