"""10·log10 of a quotient, worked by hand."""

import pytest

from keras_distill.export.diagnosis.decibels import decibels


@pytest.mark.parametrize(
    "signal, noise, expected",
    [(100.0, 1.0, 20.0), (1.0, 1000.0, -30.0), (5.0, 0.0, 200.0), (0.0, 0.0, 200.0)]
    + [(0.0, 1.0, -200.0), (1.0, float("inf"), -200.0), (1.0, float("nan"), -200.0)],
)
def test_by_hand(signal, noise, expected):
    assert decibels(signal, noise) == pytest.approx(expected)
