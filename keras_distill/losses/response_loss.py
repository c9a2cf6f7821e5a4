"""What losses between two classifiers' outputs have in common."""

from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.log_probabilities import log_probabilities
from keras_distill.losses.shape_text import shape_text


class ResponseLoss(DistillationLoss):
    """A loss between class scores: subclass it to write one on logits.

    A subclass starts its `call` with `self.logits(teacher_outputs, student_outputs)`
    and computes on logits, whichever the two models put out: `log p` is the logits up
    to a constant that softmax ignores. Under a `Distiller` that has been done before.

    Args:
        from_logits: `True`: both models put out logits; `False`: both put out
            probabilities. `"auto"` (default): a `Distiller` finds out for each; called
            on its own, logits.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Raises:
        ValueError: Class counts differ, or there is one output only.

    Example:

    ```python
    class Largest(kd.losses.ResponseLoss):
        def call(self, teacher_outputs, student_outputs):
            teacher, student = self.logits(teacher_outputs, student_outputs)
            return keras.ops.max(keras.ops.abs(teacher - student), axis=-1)

    assert Largest()(np.zeros((2, 3)), np.ones((2, 3))).shape == (2,)
    ```
    """

    # How probabilities become logits again.
    inverse = staticmethod(log_probabilities)

    def __init__(
        self, from_logits="auto", teacher_layer_name=None, student_layer_name=None, **kwargs
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        if from_logits not in ("auto", True, False):
            raise ValueError(
                '`from_logits` must be True, False or "auto". '
                f"Received: from_logits={from_logits!r}."
            )
        self.from_logits = from_logits

    def logits(self, teacher_outputs, student_outputs):
        """Both as float32 logits, after `check`."""
        self.check(teacher_outputs, student_outputs)
        if self.from_logits is False:
            teacher_outputs = self.inverse(teacher_outputs)
            student_outputs = self.inverse(student_outputs)
        # −inf is a usual way to forbid a class: finite here, and still probability 0.
        return (
            ops.clip(ops.cast(teacher_outputs, "float32"), -1e30, 1e30),
            ops.clip(ops.cast(student_outputs, "float32"), -1e30, 1e30),
        )

    @staticmethod
    def per_example(values):
        """`(batch,)` and `(batch, tokens)` stay; values of a map are averaged."""
        if len(values.shape) > 2:
            values = ops.mean(values, axis=tuple(range(1, len(values.shape))))
        return values

    def check(self, teacher_outputs, student_outputs):
        name = type(self).__name__
        for who, outputs in (("teacher", teacher_outputs), ("student", student_outputs)):
            if isinstance(outputs, (list, tuple, dict)):
                raise ValueError(
                    f"{name} compares one output with one output. Received: a "
                    f"{who} with {len(outputs)} outputs. Name the layers of the heads to compare: "
                    "teacher_layer_name=..., student_layer_name=... ."
                )
        teacher, student = teacher_outputs.shape[-1], student_outputs.shape[-1]
        if len(student_outputs.shape) < 2 or student == 1:
            raise ValueError(
                f"{name} compares softmax outputs of two or more classes. Received: a "
                f"student output of shape {shape_text(student_outputs)}. A head with one output "
                "is not softmax: use kd.losses.BinarySoftTargets."
            )
        if teacher != student or len(teacher_outputs.shape) != len(student_outputs.shape):
            raise ValueError(
                f"{name} compares teacher and student class by class. Received: a teacher "
                f"output of shape {shape_text(teacher_outputs)} and a student output of shape "
                f"{shape_text(student_outputs)}. Map the teacher's classes to the student's with "
                "kd.teachers.adapt(teacher, class_map=[...])."
            )
        positions = zip(teacher_outputs.shape[1:-1], student_outputs.shape[1:-1], strict=True)
        if any(isinstance(t, int) and isinstance(s, int) and t != s for t, s in positions):
            raise ValueError(
                f"{name} compares teacher and student position by position. Received: a teacher "
                f"output of shape {shape_text(teacher_outputs)} and a student output of shape "
                f"{shape_text(student_outputs)}. Give both models the same tokens."
            )

    def get_config(self):
        return {**super().get_config(), "from_logits": self.from_logits}
