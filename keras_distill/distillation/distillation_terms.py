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
    """Mean over the batch of values per example (or per token), weighted and masked.

    Args:
        values: `(batch,)` or `(batch, tokens)`.
        sample_weight: `(batch,)`, `(batch, tokens)`, or `None`. Of weights per token the
            value of a whole example gets the mean over its real tokens.
        mask: `(batch, tokens)`, or `None`.
    """
    if sample_weight is not None:
        sample_weight = ops.cast(sample_weight, "float32")
        if len(sample_weight.shape) > len(values.shape):
            sample_weight = _by_example(sample_weight, len(values.shape), mask)
    if mask is None or not _fit(mask.shape, values.shape):
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


def _by_example(weight, rank, mask):
    axes = tuple(range(rank, len(weight.shape)))
    if mask is None or not _fit(mask.shape, weight.shape):
        return ops.mean(weight, axis=axes)
    mask = ops.cast(mask, "float32")
    return ops.sum(weight * mask, axis=axes) / ops.maximum(ops.sum(mask, axis=axes), 1.0)


def _fit(one, other):
    """Whether two shapes are the same as far as both are known."""
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b for a, b in pairs if None not in (a, b))


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
    """The scalar value of one distillation loss on one batch.

    Args:
        loss: A `DistillationLoss`, or one of keras.distillation.
        teacher: What it compares of the teacher.
        student: What it compares of the student.
        kinds: `"logits"` or `"probabilities"` of both.
        sample_weight: The batch's, or `None`.
        context: What losses may ask for; its `mask` is the one that holds where what is
            compared carries no mask of its own.
    """
    if not isinstance(loss, DistillationLoss):
        return _foreign(loss, teacher, student, sample_weight)
    mask = _token_mask(student, context["mask"])
    token_weight = None
    if sample_weight is not None and "token_weight" in loss.asks_for():
        leading = keras.tree.flatten(student)[0].shape[:2]
        if len(sample_weight.shape) == 2 and _fit(sample_weight.shape, leading):
            token_weight, sample_weight = ops.cast(sample_weight, "float32"), None
    context = {**context, "mask": mask, "token_weight": token_weight}
    return reduced(loss_values(loss, teacher, student, kinds, context), sample_weight, mask)


def _token_mask(student, otherwise):
    """The Keras mask of what is compared; another where it has none and the tokens are as many."""
    leaves = keras.tree.flatten(student)
    own = [mask for mask in map(get_keras_mask, leaves) if mask is not None]
    if own:
        return own[0]
    fits = otherwise is not None and all(
        len(each.shape) > 2 and _fit(otherwise.shape, each.shape[:2]) for each in leaves
    )
    return otherwise if fits else None


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
