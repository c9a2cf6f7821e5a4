import pytest

from keras_distill.robustness import mean_corruption_error


def test_by_hand():
    errors = {"fog": [0.1, 0.3], "snow": [0.5, 0.5]}
    baseline = {"fog": [0.4, 0.4], "snow": [0.25, 0.75]}
    assert mean_corruption_error(errors, baseline) == pytest.approx(75.0)
    assert mean_corruption_error(baseline, baseline) == 100.0


def test_other_corruptions():
    with pytest.raises(ValueError) as raised:
        mean_corruption_error({"fog": [0.1]}, {"snow": [0.1]})
    assert str(raised.value) == (
        "The model and the baseline must have errors on the same corruptions, at least one. "
        "Received: ['fog'] and ['snow']."
    )
