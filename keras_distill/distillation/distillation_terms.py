"""The distillation losses of one Distiller: names, weights, values."""

import re

import keras
from keras import ops
from keras.src.backend import get_keras_mask, set_keras_mask

from keras_distill.losses import DistillationLoss, ResponseLoss


class _Reduced(keras.losses.Loss):
    """Keras's own reduction: sample weights, masks and replicas as in any Keras loss."""

    def __init__(self, values):
        super().__init__(name="reduced", dtype="float32")
        self._values = values

    def call(self, y_true, y_pred):
        return self._values


def reduced(values, sample_weight, mask):
    """Mean over the batch of values per example (or per token), weighted and masked."""
    if mask is not None and tuple(mask.shape[1:]) != tuple(values.shape[1:]):
        mask = None
    if sample_weight is not None:
        sample_weight = ops.cast(sample_weight, "float32")
        extra = len(sample_weight.shape) - len(values.shape)
        if extra > 0:
            axes = tuple(range(len(values.shape), len(sample_weight.shape)))
            sample_weight = ops.mean(sample_weight, axis=axes)
    if mask is None:
        return _Reduced(values)(values, values, sample_weight)
    # As Keras does: masked positions leave the mean, they are not zeros in it.
    mask = ops.cast(mask, "float32")
    scale = ops.cast(ops.size(mask), "float32") / ops.maximum(ops.sum(mask), 1.0)
    weight = mask * scale
    if sample_weight is not None:
        if len(sample_weight.shape) < len(mask.shape):
            sample_weight = ops.expand_dims(sample_weight, -1)
        weight = weight * sample_weight
    return _Reduced(values)(values, values, weight)


def pairs(losses, teacher, student):
    """What each loss compares: outputs, or the features of the layers that it names.

    Args:
        losses: The distillation losses.
        teacher: `(features, outputs)`.
        student: `(features, outputs)`.
    """

    def side(path, features, outputs):
        if isinstance(path, (list, tuple)):
            return [features[each] for each in path]
        return outputs if path is None else features[path]

    return [
        tuple(
            side(getattr(loss, f"{who}_layer_name", None), *made)
            for who, made in (("teacher", teacher), ("student", student))
        )
        for loss in losses
    ]


def one_weight(sample_weight):
    """One weight per example: the mean over outputs when each output has its own."""
    weights = [each for each in keras.tree.flatten(sample_weight) if each is not None]
    if not weights:
        return None
    return sum(ops.cast(each, "float32") for each in weights) / len(weights)


def labelled_only(task_loss, y, y_pred):
    """Predictions that metrics read without the examples that have no label (`ignore_class`).

    The examples are masked, as padding is, so that metrics with and without sample weights
    leave them out.
    """
    ignored = getattr(task_loss, "ignore_class", None)
    if ignored is None or keras.tree.is_nested(y):
        return y_pred
    labelled = ops.not_equal(ops.cast(y, "int32"), ignored)
    if len(labelled.shape) == len(y_pred.shape):
        labelled = ops.squeeze(labelled, axis=-1)
    mask = get_keras_mask(y_pred)
    if mask is not None:
        labelled = ops.logical_and(labelled, mask)
    # A tensor of its own: the loss must not see this mask.
    y_pred = ops.add(y_pred, 0)
    set_keras_mask(y_pred, labelled)
    return y_pred


def term_value(loss, teacher, student, kinds, sample_weight, context):
    """The scalar value of one distillation loss on one batch."""
    mask = None
    if not keras.tree.is_nested(student):
        mask = get_keras_mask(student)
    if not isinstance(loss, DistillationLoss):
        return _foreign(loss, teacher, student, sample_weight)
    values = loss_values(loss, teacher, student, kinds, {**context, "mask": mask})
    return reduced(values, sample_weight, mask)


def loss_values(loss, teacher, student, kinds, context):
    """Values per example; softmax and sigmoid heads turned back into logits first."""
    if is_auto(loss):
        teacher = loss.inverse(teacher) if kinds[0] == "probabilities" else teacher
        student = loss.inverse(student) if kinds[1] == "probabilities" else student
    asked = {name: context[name] for name in loss.asks_for()} if context else {}
    return loss(teacher, student, **asked)


def is_auto(loss):
    """Whether a loss leaves it to the Distiller to tell logits from probabilities."""
    return isinstance(loss, ResponseLoss) and loss.from_logits == "auto"


def _foreign(loss, teacher, student, sample_weight):
    """A loss object of keras.distillation, which gives one scalar for the batch."""
    if sample_weight is None:
        return ops.cast(loss.compute_loss(teacher, student), "float32")
    # One example at a time, so that the weights reach it.
    values = ops.vectorized_map(
        lambda pair: ops.cast(
            loss.compute_loss(
                *keras.tree.map_structure(lambda each: ops.expand_dims(each, 0), pair)
            ),
            "float32",
        ),
        (teacher, student),
    )
    return reduced(values, sample_weight, None)


def term_names(losses):
    """`soft_targets_loss`, …: one metric name for each loss, numbered where they repeat."""
    names = []
    for loss in losses:
        # SoftTargets → soft_targets, DIST → dist.
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(loss).__name__)
        name = f"{words.lower().removesuffix('_loss')}_loss"
        taken = sum(each == name or each.startswith(f"{name}_") for each in names)
        names.append(name if not taken else f"{name}_{taken + 1}")
    return names
