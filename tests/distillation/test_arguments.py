"""The Distiller's own arguments."""

import pytest

from keras_distill.distillation.arguments import checked_losses, checked_weight, checked_weights
from keras_distill.losses import SoftTargets


def test_defaults():
    (loss,) = checked_losses(None)
    assert isinstance(loss, SoftTargets) and checked_weights(None, [loss]) == [1.0]


def test_refusals():
    with pytest.raises(ValueError, match="Received: an empty list"):
        checked_losses([])
    with pytest.raises(TypeError, match="Received: 'kl' of type str.$"):
        checked_losses("kl")
    with pytest.raises(ValueError, match="must be a number of 0 or more, .* Received: -1.$"):
        checked_weight("distillation_loss_weights", -1, None)
