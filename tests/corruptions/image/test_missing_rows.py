import numpy as np
import pytest

from keras_distill.corruptions.image import MissingRows


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize("severity, lost", [(1, 3), (2, 6), (3, 8), (4, 11), (5, 14)])
def test_whole_rows_are_lost(severity, lost, rng):
    made = MissingRows(severity, rng=rng)(np.ones((20, 28, 10, 3)), seed=0)
    rows = (made == 0).all(axis=(2, 3))
    assert (rows.sum(axis=1) == lost).all()
    assert (made[~rows] == 1).all()
    assert len({tuple(r) for r in rows.tolist()}) > 10
