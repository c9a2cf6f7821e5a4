"""Checks over students, on losses whose fault shows at one of them only."""

import numpy as np
import pytest
from keras import ops

from keras_distill.losses import DistillationLoss
from keras_distill.testing.loss_probe import LossProbe
from keras_distill.testing.student_checks import check_extremes, check_minimum


class Direction(DistillationLoss):
    """0/0 at a student of zeros only."""

    def call(self, teacher_outputs, student_outputs):
        length = ops.sqrt(ops.sum(ops.square(student_outputs), axis=-1, keepdims=True))
        return ops.sum(ops.square(student_outputs / length - teacher_outputs), axis=-1)


class Offset(DistillationLoss):
    """Lowest a step away from the teacher."""

    def call(self, teacher_outputs, student_outputs):
        return ops.mean(ops.square(student_outputs - teacher_outputs - 0.3), axis=-1)


T, S = (np.random.default_rng(i).normal(size=(4, 3)).astype("float32") for i in (0, 1))


def test_zero_over_zero_is_found():
    with pytest.raises(ValueError, match="4 NaN and 0 infinite ones of 4, for a student with zero"):
        check_extremes(LossProbe(Direction(), 4), T, S, saturates=False)
    check_extremes(LossProbe(Offset(), 4), T, S, saturates=False)


@pytest.mark.parametrize("batch_relational", [False, True])
def test_a_minimum_elsewhere_is_found(batch_relational):
    with pytest.raises(ValueError, match="^Offset must be lowest where the student puts out what"):
        check_minimum(LossProbe(Offset(), 4), T, S, batch_relational)
    # Nothing to say where the student cannot put out what the teacher does.
    check_minimum(LossProbe(Offset(), 4), T, S[:, :2], batch_relational)
