"""What each step says; that all of them together are OpenCV's is in test_spatter.py."""

import numpy as np
import pytest

from keras_distill.corruptions.image.droplets import (
    FARTHEST,
    ONE,
    _distances,
    _edges,
    _equalized,
    droplets,
)


def shortest_paths(edges):
    """Chamfer distances by going on until nothing gets shorter."""
    lengths = {(0, 1): 1.0, (1, 1): 1.4, (1, 2): 2.1969}
    height, width = edges.shape
    distance = np.where(edges, 0, 20 * 2**16)
    while True:
        before = distance.copy()
        for v in range(-2, 3):
            for u in range(-2, 3):
                length = lengths.get(tuple(sorted((abs(v), abs(u)))))
                for y in range(height) if length else ():
                    for x in range(width):
                        if 0 <= y + v < height and 0 <= x + u < width:
                            way = before[y + v, x + u] + round(length * 2**16)
                            distance[y, x] = min(distance[y, x], way)
        if (before == distance).all():
            return distance


@pytest.mark.parametrize("count", [1, 3, 20])
def test_distances_are_the_shortest_paths(count):
    edges = np.zeros((2, 13, 27), bool)
    for i in range(2):
        edges[i].flat[np.random.default_rng(i).choice(edges[i].size, count, replace=False)] = True
    made = _distances(edges)
    for i in range(2):
        np.testing.assert_array_equal(made[i], shortest_paths(edges[i]))


def test_nothing_is_farther_than_twenty_pixels():
    assert (_distances(np.zeros((1, 8, 50), bool)) == FARTHEST).all()
    line = np.zeros((1, 1, 50), bool)
    line[0, 0, 0] = True
    expected = np.minimum(np.arange(50), 20) * ONE
    np.testing.assert_array_equal(_distances(line)[0, 0], expected)


def test_edge_of_a_step_is_one_pixel_wide():
    step = np.zeros((1, 9, 12), np.uint8)
    step[:, :, 6:] = 100
    edges = _edges(step)
    assert edges.sum() == 9 and edges[0, :, 5].all()
    np.testing.assert_array_equal(_edges(step.swapaxes(1, 2)), edges.swapaxes(1, 2))


def test_weak_edge_stays_only_beside_a_strong_one():
    # Gradients of four times the step: 80 is weak, 160 strong, 40 none.
    columns = np.repeat([20, 10, 40], [8, 8, 8])
    step = np.zeros((1, 24, 12), np.uint8)
    step[0, :, 6:] = columns[:, None]
    edges = _edges(step)[0]
    assert edges[17:, 5].all()
    weak = np.full((1, 24, 12), 0, np.uint8)
    weak[..., 6:] = 20
    assert not _edges(weak).any()
    joined = weak.copy()
    joined[0, 12:, 6:] = 40
    assert _edges(joined)[0, 1:11, 5].all()
    # The strong edge of one image does not hold the weak edge of another.
    both = np.concatenate([weak, joined])
    np.testing.assert_array_equal(_edges(both), [_edges(weak)[0], _edges(joined)[0]])


def test_equalized_worked_by_hand():
    # Counts 2, 1, 1 of 4: nothing, a half and all of what lies above the lowest level.
    images = np.array([[[0, 0], [3, 7]], [[5, 5], [5, 5]]])
    np.testing.assert_array_equal(_equalized(images), [[[0, 0], [128, 255]], [[5, 5], [5, 5]]])


def test_each_image_by_itself():
    liquid = np.random.default_rng(0).integers(0, 256, (5, 20, 31)).astype(np.uint8)
    together = droplets(liquid)
    for alone, expected in zip(liquid, together, strict=True):
        np.testing.assert_array_equal(droplets(alone[None])[0], expected)
    assert together.min() >= 0 and together.max() <= 255
