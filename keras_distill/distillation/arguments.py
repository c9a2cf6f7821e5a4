"""The Distiller's own arguments, checked before anything is built."""

import re

import keras

from keras_distill.losses import DistillationLoss, LogitsDistillation, SoftTargets


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
    return [_corrected(loss) for loss in losses]


def _corrected(loss):
    """Keras's default string is not Hinton's loss: ours stands in for it, with its warning."""
    theirs = isinstance(loss, keras.distillation.LogitsDistillation)
    if theirs and loss.loss is keras.losses.kl_divergence:
        return LogitsDistillation(loss.temperature, "kl_divergence")
    return loss


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


def checked_model(who, model, kinds):
    """TypeError for what is no model."""
    if not isinstance(model, kinds):
        raise TypeError(
            f"`{who}` must be one keras.Model. "
            f"Received: {who}={model!r} of type {type(model).__name__}."
        )


# Where a schedule is looked at before training.
_STEPS = (0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)


def checked_weight(name, weight, highest):
    """A number in range, or a function of the step that stays in it."""
    expected = "of 0 or more" if highest is None else f"between 0 and {highest:g}"
    if callable(weight):
        for step in _STEPS:
            value = float(weight(step))
            if not 0 <= value < float("inf") or (highest is not None and value > highest):
                raise ValueError(
                    f"`{name}` must be a number {expected} at every step. Received: "
                    f"{type(weight).__name__}, which is {value:g} at step {step}. Change its "
                    "values, or end it earlier."
                )
        return weight
    fits = isinstance(weight, (int, float)) and 0 <= weight < float("inf")
    if not fits or (highest is not None and weight > highest):
        raise ValueError(
            f"`{name}` must be a number {expected}, or a function of the step. "
            f"Received: {weight!r}."
        )
    return float(weight)


def layer_paths(losses, who):
    """Every layer path that losses name for the teacher or the student."""
    named = [getattr(loss, f"{who}_layer_name", None) for loss in losses]
    return list(dict.fromkeys(path for path in keras.tree.flatten(named) if path is not None))


def deserialized(key, value):
    """One argument of a saved Distiller, as an object again."""
    try:
        return keras.saving.deserialize_keras_object(value)
    except TypeError as error:
        missing = re.search(r"Could not locate (?:class|function) '([^']+)'", str(error))
        if missing is None:
            raise
        name = missing.group(1)
        raise ValueError(
            f"The saved Distiller's `{key}` holds a class that is not registered. Received: "
            f"'{name}'. Put @keras.saving.register_keras_serializable() above it and import it "
            f"before loading, or pass load_model(..., custom_objects={{'{name}': {name}}})."
        ) from None
