"""born_again: fresh copies, generation after generation."""

import numpy as np
import pytest

from keras_distill.distillation import born_again


def test_generations(build, data):
    teacher, seen = build("t"), []

    def train(distiller):
        seen.append((distiller.teacher, np.array(distiller.student.layers[1].kernel)))
        distiller.compile("sgd")
        distiller.fit(data[0], verbose=0)

    first, second = born_again(teacher, 2, train, seed=5)
    assert seen[0][0] is teacher and seen[1][0] is first
    kernels = [np.array(teacher.layers[1].kernel), seen[0][1], seen[1][1]]
    assert all((a != b).any() for a, b in zip(kernels, kernels[1:], strict=False))
    assert first.count_params() == second.count_params() == teacher.count_params()
    again = []
    born_again(teacher, 1, lambda d: again.append(np.array(d.student.layers[1].kernel)), seed=5)
    np.testing.assert_array_equal(again[0], seen[0][1])


def test_at_least_one(build):
    with pytest.raises(
        ValueError, match=r"^`generations` must be at least 1\. Received: generations=0\.$"
    ):
        born_again(build("t"), 0, lambda distiller: None)
