"""The checks one by one on numbers made by hand; their sentences are with the whole."""

import numpy as np
import pytest
from keras import ops

from keras_distill.losses import DistillationLoss
from keras_distill.testing import loss_checks
from keras_distill.testing.loss_probe import LossProbe


class Square(DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        return ops.mean(ops.square(student_outputs - teacher_outputs), axis=-1)


T = np.array([[0.1, 0.2], [0.3, 0.7], [0.9, 0.4]], "float32")
S = np.array([[0.5, 0.4], [0.1, 0.1], [0.3, 0.6]], "float32")


def test_values_come_back_and_other_values_are_noticed():
    probe = LossProbe(Square(), 3)
    values = loss_checks.check_values(probe, T, S)
    np.testing.assert_allclose(values, [0.1, 0.2, 0.2], rtol=1e-5)
    loss_checks.check_copy(probe, Square(), T, S, values)
    loss_checks.check_precision(probe, T, S)
    loss_checks.check_examples(probe, T, S, values, batch_relational=False)
    loss_checks.check_compiled(probe, T, S, values)
    loss_checks.check_single(probe, T, S, values, batch_relational=False)
    for check, end in (
        (loss_checks.check_compiled, "must give the same values compiled and eager"),
        (loss_checks.check_single, "must give an example the same value in a batch of one"),
    ):
        more = (False,) if check is loss_checks.check_single else ()
        with pytest.raises(ValueError, match=f"^Square {end}.* 0.1 instead of 0.3 for example 0"):
            check(probe, T, S, values + np.float32(0.2), *more)


def test_numbers_on_a_coarse_grid_are_taken_for_half_precision():
    # What the docstring's reader should know: draw outputs, do not round them.
    with pytest.raises(ValueError, match="^Square must compute in float32"):
        loss_checks.check_precision(LossProbe(Square(), 2), np.zeros((2, 2)), np.ones((2, 2)))
