"""Fixture: hendrycks/robustness make_cifar_c.py at 8190fe3, seed 0, mean."""

import numpy as np
import pytest

from keras_distill.corruptions.image import GaussianBlur

FIXTURE = [
    (1, 137.2292),
    (2, 137.2070),
    (3, 137.2074),
    (4, 137.1729),
    (5, 137.1507),
]


@pytest.mark.parametrize("severity, mean", FIXTURE)
def test_mean_is_the_references(fixture_image, severity, mean):
    assert GaussianBlur(severity)(fixture_image, seed=0).mean() == pytest.approx(mean, abs=0.05)


def test_edge_is_continued_and_channels_do_not_mix():
    image = np.zeros((1, 8, 8, 3))
    image[..., 1] = 1.0
    np.testing.assert_allclose(GaussianBlur(5)(image, seed=0), image, atol=1e-6)


def test_point_becomes_a_gaussian():
    image = np.zeros((1, 15, 15, 1))
    image[0, 7, 7] = 1.0
    made = GaussianBlur(5)(image, seed=0)[0, ..., 0]
    assert made[7, 8] / made[7, 7] == pytest.approx(np.exp(-0.5), rel=1e-4)
