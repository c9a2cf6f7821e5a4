"""Which class each example belongs to, for losses that look at the labels."""

from keras import ops


def target_classes(labels, teacher_logits):
    """int32 class of each example: its label, or the teacher's choice where it has none.

    Args:
        labels: Integers `(batch,)`, `(batch, 1)` or `(batch, tokens)`, one-hot
            `(batch, classes)`, or `None`. Integers outside `0 … classes − 1`
            (`ignore_class`), and one-hot rows with nothing above 0, mark examples without a
            label.
        teacher_logits: `(..., classes)`.

    Returns:
        `(classes of shape (...), whether each came from a label)`.
    """
    chosen = ops.cast(ops.argmax(teacher_logits, axis=-1), "int32")
    if labels is None:
        return chosen, ops.zeros_like(chosen, dtype="bool")
    classes = teacher_logits.shape[-1]
    if len(labels.shape) == len(teacher_logits.shape):
        if labels.shape[-1] == classes:
            # A row of zeros is what one-hot encoding makes of −1: no class at all.
            marked = ops.max(labels, axis=-1) > 0
            labels = ops.where(marked, ops.cast(ops.argmax(labels, axis=-1), "int32"), -1)
        else:
            labels = ops.squeeze(labels, axis=-1)
    labels = ops.cast(labels, "int32")
    known = ops.logical_and(labels >= 0, labels < classes)
    return ops.where(known, labels, chosen), known
