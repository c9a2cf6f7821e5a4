"""Keras metrics for what compression may cost. Accuracy is Keras's own."""

from keras_distill.metrics.agreement import Agreement as Agreement
from keras_distill.metrics.brier_score import BrierScore as BrierScore
from keras_distill.metrics.expected_calibration_error import (
    ExpectedCalibrationError as ExpectedCalibrationError,
)
from keras_distill.metrics.macro_f1 import MacroF1 as MacroF1
