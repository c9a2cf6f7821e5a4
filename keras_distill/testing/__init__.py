"""Checks that a user can run on a class of their own."""

from keras_distill.testing.check_distillation_loss import (
    check_distillation_loss as check_distillation_loss,
)
