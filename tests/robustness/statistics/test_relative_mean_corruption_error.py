import pytest

from keras_distill.robustness import alexnet_errors, relative_mean_corruption_error


def test_by_hand():
    errors = {"fog": [0.3, 0.5], "snow": [0.2, 0.6]}
    baseline = {"fog": [0.5, 0.7], "snow": [0.4, 0.6]}
    # (0.1 + 0.3) / (0.2 + 0.4) and (0 + 0.4) / (0.1 + 0.3).
    found = relative_mean_corruption_error(errors, 0.2, baseline, 0.3)
    assert found == pytest.approx(100 * (0.4 / 0.6 + 0.4 / 0.4) / 2)


def test_alexnet_against_itself():
    alexnet = alexnet_errors()
    errors, clean = alexnet["corrupted"], alexnet["clean"]
    assert relative_mean_corruption_error(errors, clean, errors, clean) == 100.0


def test_baseline_that_loses_nothing():
    with pytest.raises(ValueError) as raised:
        relative_mean_corruption_error({"fog": [0.3]}, 0.2, {"fog": [0.25]}, 0.25)
    assert str(raised.value) == (
        "The baseline loses nothing on 'fog' (0.0000 over its severities), so no loss can be "
        "expressed relative to it. Choose another baseline or leave this corruption out."
    )


def test_other_corruptions():
    with pytest.raises(ValueError) as raised:
        relative_mean_corruption_error({"fog": [0.3]}, 0.2, {"snow": [0.3]}, 0.2)
    assert str(raised.value) == (
        "The model and the baseline must have errors on the same corruptions, at least one. "
        "Received: ['fog'] and ['snow']."
    )
