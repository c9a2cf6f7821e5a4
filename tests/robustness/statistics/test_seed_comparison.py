import numpy as np
import pytest

from keras_distill.robustness import compare_seeds


def test_by_hand():
    control = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]])
    found = compare_seeds(control, np.ones((3, 4)))
    assert (found["control_mean"], found["control_sd"]) == (0.5, 0.25)
    assert found["per_seed"] == [0.75, 0.5, 0.25] and found["difference"] == 0.5
    # t(0.975, 2) = 4.302653, times 0.25 / sqrt(3).
    assert found["t_ci95"] == pytest.approx([0.5 - 0.621034, 0.5 + 0.621034], abs=1e-5)


def test_seed_spread_has_the_unbiased_variance():
    # No spread over images, so the interval is that of the seeds alone.
    difference = np.array([0.0, 0.1, 0.3, 0.4, 0.5, 0.7, 0.8, 1.0])[:, None] * np.ones((8, 5))
    low, high = compare_seeds(np.zeros((8, 5)), difference)["ci95"]
    half = 1.96 * difference[:, 0].std(ddof=1) / np.sqrt(8)
    assert (high - low) / 2 == pytest.approx(half, rel=0.1)


def test_one_seed():
    with pytest.raises(ValueError) as raised:
        compare_seeds(np.ones((1, 4)), np.ones((1, 4)))
    assert str(raised.value) == (
        "Expected correctness of both arms of one shape (seeds, images) with at least two seeds. "
        "Received: shapes (1, 4) and (1, 4)."
    )
