"""The Distiller's own arguments, checked before anything is built."""

import keras

from keras_distill.losses import DistillationLoss, SoftTargets


def checked_losses(losses):
    """A list of losses out of `None`, one loss or several."""
    if losses is None:
        return [SoftTargets()]
    losses = list(losses) if isinstance(losses, (list, tuple)) else [losses]
    if not losses:
        raise ValueError(
            "`distillation_losses` must hold at least one loss. Received: an empty list. Leave "
            "it out for kd.losses.SoftTargets()."
        )
    for loss in losses:
        if not isinstance(loss, (DistillationLoss, keras.distillation.DistillationLoss)):
            raise TypeError(
                "`distillation_losses` must be objects of kd.losses or keras.distillation. "
                f"Received: {loss!r} of type {type(loss).__name__}."
            )
    return losses


def checked_weights(weights, losses):
    """One weight for each loss; 1 for each when none are given."""
    if weights is None:
        return [1.0] * len(losses)
    weights = list(weights) if isinstance(weights, (list, tuple)) else [weights]
    if len(weights) != len(losses):
        raise ValueError(
            "`distillation_loss_weights` must have one weight for each distillation loss. "
            f"Received: {len(weights)} weights for {len(losses)} losses."
        )
    return [checked_weight("distillation_loss_weights", each, None) for each in weights]


def checked_weight(name, weight, highest):
    """A number in range, or a function of the step."""
    if callable(weight):
        return weight
    fits = isinstance(weight, (int, float)) and 0 <= weight < float("inf")
    if not fits or (highest is not None and weight > highest):
        expected = "of 0 or more" if highest is None else f"between 0 and {highest:g}"
        raise ValueError(
            f"`{name}` must be a number {expected}, or a function of the step. "
            f"Received: {weight!r}."
        )
    return float(weight)
