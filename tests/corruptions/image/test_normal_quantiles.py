import numpy as np
import pytest

from keras_distill.corruptions.image.normal_quantiles import normal_quantiles


def test_moments_are_the_normal_distributions():
    exact = normal_quantiles().astype("float64")
    assert exact.mean() == pytest.approx(0.0, abs=1e-9)
    assert exact.var() == pytest.approx(1.0, abs=1e-6)
    assert (exact**4).mean() == pytest.approx(3.0, abs=5e-3)


def test_shares_below_a_value():
    from scipy.stats import norm

    table = normal_quantiles()
    assert table.dtype == np.float32 and table.shape == (65536,) and (np.diff(table) > 0).all()
    for value in (-4.0, -2.5, -1.0, 0.0, 0.3, 1.96, 4.0):
        share = np.searchsorted(table, value) / table.size
        assert share == pytest.approx(norm.cdf(value), abs=2e-5)


def test_not_to_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        normal_quantiles()[0] = 0.0
