"""Our conformance checks on a loss that somebody else wrote."""

import keras
import numpy as np

from keras_distill.losses import DistillationLoss
from keras_distill.testing import loss_checks, student_checks
from keras_distill.testing.loss_from_config import loss_from_config
from keras_distill.testing.loss_probe import LossProbe
from keras_distill.testing.trial_outputs import drawn_outputs, is_response, mapped


def check_distillation_loss(
    loss,
    teacher_outputs=None,
    student_outputs=None,
    labels=None,
    batch_relational=False,
    zero_at_teacher=True,
    saturates=False,
):
    """Raises ValueError when a loss does not do what training with it relies on.

    In this order: the config, through JSON, makes the same loss; one float32 value per
    example (or token); compiled and eager agree; no arithmetic in half precision; each
    value depends on its own example only; values and gradients are finite for students
    that are right, zero, ±1,000 and wrong, and a wrong student has a gradient; nothing is
    better than the teacher's own outputs; a batch of one example works.

    The loss is called, so one with weights of its own is built by it: pass an instance
    made for this check, not one of a `Distiller` in use.

    Args:
        loss: An instance of a subclass of `kd.losses.DistillationLoss`.
        teacher_outputs: What `call` is given, float arrays `(batch, ...)` of two or more
            examples, a list of them for a loss over several layers. `None` (default):
            logits `(8, 10)`, or features `(8, 4, 4, 6)` for each layer when the loss
            names layers, drawn with a fixed seed.
        student_outputs: The same. Pass both or neither.
        labels: For a loss that asks for them, `(batch, ...)`. Defaults to drawn classes
            beside drawn logits, otherwise to `None`.
        batch_relational: Whether the value of one example may depend on the others of
            its batch, as in `kd.losses.SimilarityPreservation`. Defaults to `False`.
        zero_at_teacher: Whether the loss is lowest where the student puts out what the
            teacher does. `False` for cross-entropy with the teacher's classes, say. Not
            asked of a loss with trainable weights. Defaults to `True`.
        saturates: Whether the gradient may vanish where the student is sure of something
            else than the teacher, as that of the reverse KL divergence does by its
            nature. Defaults to `False`.

    Raises:
        ValueError: The first check that fails, with what was received and what to do.
        TypeError: `loss` is no instance of `DistillationLoss`.

    Example:

    ```python
    class AbsoluteDifference(kd.losses.DistillationLoss):
        def call(self, teacher_outputs, student_outputs):
            return keras.ops.mean(keras.ops.abs(teacher_outputs - student_outputs), axis=-1)

    kd.testing.check_distillation_loss(AbsoluteDifference())
    ```
    """
    if not isinstance(loss, DistillationLoss):
        raise TypeError(
            "`loss` must be an instance of a subclass of kd.losses.DistillationLoss. "
            f"Received: loss={loss!r}."
        )
    if (teacher_outputs is None) != (student_outputs is None):
        raise ValueError("Pass both `teacher_outputs` and `student_outputs`. Received: one only.")
    if teacher_outputs is None:
        teacher, student = (drawn_outputs(loss, who) for who in ("teacher", "student"))
        if labels is None and is_response(loss):
            labels = np.random.default_rng(2).integers(0, 10, size=8)
    else:
        teacher, student = (
            mapped(lambda x: np.asarray(x, "float32"), each)
            for each in (teacher_outputs, student_outputs)
        )
    sizes = {len(each) for each in keras.tree.flatten([teacher, student])}
    if len(sizes) != 1 or min(sizes) < 2:
        raise ValueError(
            "Teacher and student outputs must be of the same two or more examples. "
            f"Received: batches of {', '.join(map(str, sorted(sizes)))}."
        )
    labels = None if labels is None else np.asarray(labels)
    probe = LossProbe(loss, min(sizes), labels)
    again = loss_from_config(loss)
    values = loss_checks.check_values(probe, teacher, student)
    loss_checks.check_copy(probe, again, teacher, student, values)
    loss_checks.check_compiled(probe, teacher, student, values)
    loss_checks.check_precision(probe, teacher, student)
    loss_checks.check_examples(probe, teacher, student, values, batch_relational)
    student_checks.check_extremes(probe, teacher, student, saturates)
    if zero_at_teacher and not loss.trainable_variables:
        student_checks.check_minimum(probe, teacher, student, batch_relational)
    loss_checks.check_single(probe, teacher, student, values, batch_relational)
