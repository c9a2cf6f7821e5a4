"""Labels in each of their forms, and what stands in where there is none."""

import numpy as np
import pytest

from keras_distill.losses.target_classes import target_classes

TEACHER = np.array([[0.0, 3.0, 1.0], [2.0, 0.0, 1.0], [0.0, 0.0, 5.0]])


@pytest.mark.parametrize(
    "labels",
    [
        np.array([2, -1, 0]),
        np.array([[2], [-1], [0]]),
        np.array([2.0, 255.0, 0.0], "float32"),
    ],
)
def test_integers(labels):
    classes, known = target_classes(labels, TEACHER)
    np.testing.assert_array_equal(classes, [2, 0, 0])
    np.testing.assert_array_equal(known, [True, False, True])


def test_one_hot_none_and_tokens():
    classes, known = target_classes(np.eye(3)[[1, 0, 1]], TEACHER)
    np.testing.assert_array_equal(classes, [1, 0, 1])
    assert np.asarray(known).all()
    # keras.ops.one_hot makes zeros of −1.
    classes, known = target_classes(np.array([[0.0, 0, 0], [0, 0, 1], [-1, -1, -1]]), TEACHER)
    np.testing.assert_array_equal(classes, [1, 2, 2])
    np.testing.assert_array_equal(known, [False, True, False])
    classes, known = target_classes(None, TEACHER)
    np.testing.assert_array_equal(classes, [1, 0, 2])
    assert not np.asarray(known).any()
    classes, _ = target_classes(np.array([[0, 1, -1]]), TEACHER[None])
    np.testing.assert_array_equal(classes, [[0, 1, 2]])
