import numpy as np
import pytest

from keras_distill.corruptions.image import MissingChannel

LEFT = [(1, 0.8), (2, 0.6), (3, 0.4), (4, 0.2), (5, 0.0)]


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize("severity, left", LEFT)
def test_one_colour_is_dimmed(severity, left, rng):
    images = np.random.default_rng(0).uniform(0.1, 1.0, (90, 28, 30, 3))
    ratio = MissingChannel(severity, rng=rng)(images, seed=0) / images
    dimmed = (np.abs(ratio - 1.0) > 1e-3).all(axis=(1, 2))
    np.testing.assert_array_equal(dimmed.sum(axis=1), 1)
    np.testing.assert_allclose(ratio.transpose(0, 3, 1, 2)[dimmed], left, atol=1e-6)
    np.testing.assert_allclose(ratio.transpose(0, 3, 1, 2)[~dimmed], 1.0, rtol=1e-6)
    # Each colour 30 times of 90, give or take 3.5 standard deviations.
    assert np.abs(dimmed.sum(axis=0) - 30).max() < 3.5 * np.sqrt(90 * 2 / 9)


@pytest.mark.parametrize("profile", ["cifar32", "tiny64", "imagenet224"])
def test_the_same_at_any_size(profile):
    made = MissingChannel(5, profile=profile)(np.ones((4, 8, 8, 3)), seed=0)
    np.testing.assert_array_equal((made == 0).sum(axis=(1, 2, 3)), 64)


def test_one_channel_is_dimmed_by_the_luma_of_the_colour():
    made = MissingChannel(4)(np.full((60, 8, 8, 1), 0.5), seed=0)
    left = made[:, 0, 0, 0] / 0.5
    assert (made == made[:, :1, :1]).all()
    expected = 1 - 0.8 * np.array([0.114, 0.299, 0.587])[::-1]
    np.testing.assert_allclose(np.unique(np.round(left, 5)), expected, atol=1e-5)


def test_a_lost_colour_leaves_the_other_bytes_alone():
    images = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3), np.uint8)
    made = MissingChannel(5)(images, seed=0)
    kept = made.any(axis=(1, 2))
    np.testing.assert_array_equal(kept.sum(axis=1), 2)
    np.testing.assert_array_equal(
        made.transpose(0, 3, 1, 2)[kept], images.transpose(0, 3, 1, 2)[kept]
    )
