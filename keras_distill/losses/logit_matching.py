"""Logit matching: the student's logits become the teacher's, up to a constant."""

import keras
from keras import ops

from keras_distill.losses.response_loss import ResponseLoss


def centred_logit_distance(teacher_logits, student_logits):
    """½ Σ over classes of the squared difference, after each side's mean is taken off.

    Args:
        teacher_logits: float32 `(..., classes)`.
        student_logits: float32 `(..., classes)`.

    Returns:
        float32 `(...)`.
    """
    difference = student_logits - teacher_logits
    difference = difference - ops.mean(difference, axis=-1, keepdims=True)
    return 0.5 * ops.sum(ops.square(difference), axis=-1)


@keras.saving.register_keras_serializable(package="keras_distill")
class LogitMatching(ResponseLoss):
    """Regresses the student's logits on the teacher's.

    ½ Σ (zₛ − z̄ₛ − zₜ + z̄ₜ)² over the classes. It is the limit of `SoftTargets` times
    the number of classes as the temperature grows, without a temperature to choose: every
    class counts, also those the teacher thinks impossible. Softmax ignores a constant, and
    so does this loss: both sides are centred first, which the paper leaves to the teacher's
    outputs. A student that cannot follow the size of the logits is better served by
    `SoftTargets`, or by `SoftTargets(standardize=True)`.

    Args:
        from_logits: As in `SoftTargets`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, classes)`:
        float32 `(batch,)`; `(batch, tokens)` for sequences.

    Raises:
        ValueError: Class counts differ, or there is one output only.

    Example:

    ```python
    loss = kd.losses.LogitMatching()
    values = loss(np.array([[1.0, -1.0]]), np.array([[5.0, 5.0]]))
    assert np.allclose(values, [1.0])  # ½ (1 + 1): the constant 5 does not count
    ```

    Reference:
        Ba and Caruana, 2014, Do Deep Nets Really Need to be Deep?,
        https://arxiv.org/abs/1312.6184
    """

    def call(self, teacher_outputs, student_outputs):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        # A forbidden class (−1e30) has no distance: where both forbid it, it is the same.
        teacher, student = (ops.clip(each, -1e15, 1e15) for each in (teacher, student))
        return self.per_example(centred_logit_distance(teacher, student))
