"""common_resolution: the larger map is average-pooled to the smaller, axis by axis."""

import numpy as np
import pytest

from keras_distill.losses.common_resolution import (
    common_resolution,
    pool_sizes,
    resolutions_fit,
)


def test_means_of_blocks():
    teacher = np.arange(2 * 4 * 6 * 3, dtype="float32").reshape(2, 4, 6, 3)
    student = np.ones((2, 2, 2, 5), "float32")
    pooled, same = common_resolution(teacher, student)
    wanted = teacher.reshape(2, 2, 2, 2, 3, 3).mean((2, 4))
    np.testing.assert_allclose(pooled, wanted, rtol=1e-6)
    np.testing.assert_array_equal(same, student)
    same, pooled = common_resolution(student, teacher)
    np.testing.assert_allclose(pooled, wanted, rtol=1e-6)


@pytest.mark.parametrize(
    "teacher, student, fits",
    [
        ((None, 8, 8, 1), (None, 4, 2, 7), True),
        ((None, 2, 8, 1), (None, 4, 4, 7), True),
        ((None, 7, 7, 1), (None, 4, 4, 1), False),
        ((None, None, 7, 1), (None, 4, 7, 1), True),
    ],
)
def test_sizes_that_fit(teacher, student, fits):
    assert resolutions_fit(teacher, student) is fits


def test_pool_sizes():
    assert pool_sizes((1, 8, 4, 3), (1, 4, 8, 3)) == (2, 1)
    assert pool_sizes((1, None, 4, 3), (1, 4, 2, 3)) == (1, 2)
