"""NonFiniteStop names the step."""

import pytest

from keras_distill.distillation.non_finite_stop import NonFiniteStop


def test_finite_goes_on_and_nan_stops():
    stop = NonFiniteStop()
    stop.on_epoch_begin(1)
    stop.on_train_batch_end(3, {"loss": 1.0})
    with pytest.raises(FloatingPointError, match="^The loss is inf at step 5 of epoch 2; .*Not"):
        stop.on_train_batch_end(4, {"loss": float("inf"), "student_loss": 1.0})
