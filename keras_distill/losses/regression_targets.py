"""A teacher of numbers: the student regresses on what it predicts."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss


def bounded_squared_error(teacher, student, labels=None, margin=0.0):
    """Squared difference to the teacher; with labels, only where the student is worse.

    Args:
        teacher: `(batch, ...)`.
        student: The same shape.
        labels: `(batch, ...)` of the same numbers, or `None`.
        margin: By how much the student's squared error must be below the teacher's before
            the student is left alone.

    Returns:
        float32 `(batch,)`: the mean over the outputs.
    """
    teacher, student = (ops.cast(each, "float32") for each in (teacher, student))
    axes = tuple(range(1, len(student.shape)))
    values = ops.mean(ops.square(student - teacher), axis=axes)
    if labels is None:
        return values
    labels = ops.reshape(ops.cast(labels, "float32"), ops.shape(student))
    errors = [ops.mean(ops.square(each - labels), axis=axes) for each in (student, teacher)]
    return ops.where(errors[0] + margin > errors[1], values, 0.0)


@keras.saving.register_keras_serializable(package="keras_distill")
class RegressionTargets(DistillationLoss):
    """Distils heads that put out numbers: sizes, prices, box corners, depth.

    The mean squared difference between teacher and student. With `bounded=True` the teacher
    is an upper bound instead of a target: an example counts only while the student's squared
    error to the label, plus `margin`, is above the teacher's, because a teacher of numbers can be
    far off and there is no probability to tell it by.

    Args:
        bounded: Whether the labels decide when the teacher is followed. Defaults to
            `False`. Examples without labels are always followed.
        margin: By how much the student must beat the teacher to be left alone, in squared
            units of the labels, from 0. Defaults to 0.0.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, ...)`: float32
        `(batch,)`.

    Raises:
        ValueError: Shapes differ, or `margin` is negative.

    Example:

    ```python
    loss = kd.losses.RegressionTargets(bounded=True)
    teacher, student = np.array([[1.0], [1.0]]), np.array([[2.0], [0.1]])
    # The second student is nearer to its label than the teacher: it is left alone.
    assert np.allclose(loss(teacher, student, labels=np.zeros((2, 1))), [1.0, 0.0])
    ```

    Reference:
        Chen et al., 2017, Learning Efficient Object Detection Models with Knowledge
        Distillation, §3.3 (NeurIPS)
    """

    def __init__(
        self,
        bounded=False,
        margin=0.0,
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        if not isinstance(margin, (int, float)) or not 0 <= margin < float("inf"):
            raise ValueError(
                f"`margin` must be a number of 0 or more. Received: margin={margin!r}."
            )
        self.bounded, self.margin = bool(bounded), margin

    def call(self, teacher_outputs, student_outputs, labels=None):
        self.check(teacher_outputs, student_outputs)
        labels = labels if self.bounded else None
        return bounded_squared_error(teacher_outputs, student_outputs, labels, self.margin)

    def check(self, teacher_outputs, student_outputs):
        teacher, student = (
            None if isinstance(each, (list, tuple, dict)) else list(each.shape[1:])
            for each in (teacher_outputs, student_outputs)
        )
        if teacher is None or teacher != student:
            raise ValueError(
                "RegressionTargets compares teacher and student number by number. Received: "
                f"outputs of shape {teacher} and {student} for one example. Name the layers of two "
                "heads of one shape: teacher_layer_name=..., student_layer_name=... ."
            )

    def get_config(self):
        return {**super().get_config(), "bounded": self.bounded, "margin": self.margin}
