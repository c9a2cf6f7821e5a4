import numpy as np
import pytest

from keras_distill.corruptions.image import MissingPatch


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize("severity, side", [(1, 6), (2, 8), (3, 11), (4, 14), (5, 17)])
def test_one_square_inside_the_image(severity, side, rng):
    made = MissingPatch(severity, rng=rng)(np.ones((30, 28, 36, 1)), seed=0)
    for image in made[..., 0]:
        rows, columns = np.nonzero(image == 0)
        assert len(rows) == side * side
        assert np.ptp(rows) == np.ptp(columns) == side - 1


def test_places_differ_and_reach_the_edges():
    made = MissingPatch(5)(np.ones((400, 8, 9, 1)), seed=0)[..., 0]
    corners = [np.argwhere(image == 0).min(axis=0) for image in made]
    assert {int(top) for top, _ in corners} == {0, 1, 2, 3}
    assert {int(left) for _, left in corners} == {0, 1, 2, 3, 4}
