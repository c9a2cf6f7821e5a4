"""Fixture: hendrycks/robustness make_cifar_c.py at 8190fe3, seed 0, mean."""

import numpy as np
import pytest

from keras_distill.corruptions.image import Contrast

FIXTURE = [
    (1, 137.1289),
    (2, 137.0859),
    (3, 137.1982),
    (4, 137.1553),
    (5, 137.1761),
]


@pytest.mark.parametrize("severity, mean", FIXTURE)
def test_mean_is_the_references(fixture_image, severity, mean):
    assert Contrast(severity)(fixture_image, seed=0).mean() == pytest.approx(mean, abs=0.05)


def test_by_hand():
    image = np.array([[0.0, 1.0], [0.5, 0.5]]).reshape(1, 2, 2, 1)
    made = Contrast(5)(image, seed=0).ravel()
    np.testing.assert_allclose(made, [0.425, 0.575, 0.5, 0.5], rtol=1e-6)
