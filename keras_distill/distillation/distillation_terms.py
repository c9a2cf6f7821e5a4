"""The distillation losses of one Distiller: names, weights, values."""

import keras
from keras import ops

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


def detached(outputs):
    """The teacher's outputs without gradient; the logits Keras kept stay with them."""
    kept = getattr(outputs, "_keras_logits", None)
    outputs = ops.stop_gradient(outputs)
    if kept is not None:
        outputs._keras_logits = ops.stop_gradient(kept)
    return outputs


def term_value(loss, teacher, student, kinds, sample_weight, context):
    """The scalar value of one distillation loss on one batch."""
    mask = None
    if not keras.tree.is_nested(student):
        mask = getattr(student, "_keras_mask", None)
    if not isinstance(loss, DistillationLoss):
        return _foreign(loss, teacher, student, sample_weight)
    values = loss_values(loss, teacher, student, kinds, {**context, "mask": mask})
    return reduced(values, sample_weight, mask)


def loss_values(loss, teacher, student, kinds, context):
    """Values per example; softmax and sigmoid heads turned back into logits first."""
    if is_auto(loss):
        teacher = loss.inverse(teacher) if kinds[0] == "probabilities" else teacher
        student = loss.inverse(student) if kinds[1] == "probabilities" else student
    asked = {name: context.get(name) for name in loss.asks_for()}
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
        words = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(loss).__name__)
        name = f"{words.lstrip('_')}_loss"
        taken = sum(each == name or each.startswith(f"{name}_") for each in names)
        names.append(name if not taken else f"{name}_{taken + 1}")
    return names
