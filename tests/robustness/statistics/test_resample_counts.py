import numpy as np
import pytest

from keras_distill.robustness.statistics.resample_counts import resample_counts


def test_every_resample_has_as_many_examples():
    counts = resample_counts(300, seed=3, resamples=40)
    assert counts.shape == (40, 300) and counts.dtype == "uint8"
    assert (counts.sum(axis=1) == 300).all()
    assert (counts == resample_counts(300, seed=3, resamples=40)).all()
    assert (counts != resample_counts(300, seed=4, resamples=40)).any()


def test_spread_is_that_of_a_mean():
    values = np.random.default_rng(1).random(400)
    means = resample_counts(400, seed=0) @ values / 400
    assert means.std() == pytest.approx(values.std() / 20, rel=0.1)
    assert means.mean() == pytest.approx(values.mean(), abs=3 * values.std() / 20 / np.sqrt(1000))
