"""Soft targets for a head with one output (sigmoid)."""

import keras
from keras import ops

from keras_distill.losses.log_probabilities import log_odds
from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.shape_text import shape_text
from keras_distill.losses.soft_targets import soft_target_divergence
from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)


def binary_soft_target_divergence(teacher_logits, student_logits, temperature):
    """T² · KL between the Bernoulli distributions sigmoid(logit / T), elementwise.

    Args:
        teacher_logits: Any shape.
        student_logits: The same shape.
        temperature: Above 0.

    Returns:
        float32, one value for each pair of logits.
    """
    teacher = ops.cast(teacher_logits, "float32")
    student = ops.cast(student_logits, "float32")
    # sigmoid(z) is softmax over (0, z).
    return soft_target_divergence(
        ops.stack([ops.zeros_like(teacher), teacher], axis=-1),
        ops.stack([ops.zeros_like(student), student], axis=-1),
        temperature,
    )


@keras.saving.register_keras_serializable(package="keras_distill")
class BinarySoftTargets(ResponseLoss):
    """Soft targets for two classes and one output, or for independent yes-no outputs.

    What `SoftTargets` is to softmax this is to sigmoid; several outputs (tags) are
    averaged.

    Args:
        temperature: Above 0, or a function of the step. Defaults to 4.0.
        from_logits: `True`, `False` (sigmoid outputs) or `"auto"` (default), as in
            `SoftTargets`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, 1)` or
        `(batch, tags)`: float32 `(batch,)`.

    Raises:
        ValueError: The two have different shapes.

    Example:

    ```python
    values = kd.losses.BinarySoftTargets()(np.zeros((3, 1)), np.ones((3, 1)))
    assert values.shape == (3,)
    ```

    Reference:
        Hinton et al., 2015, Distilling the Knowledge in a Neural Network,
        https://arxiv.org/abs/1503.02531
    """

    inverse = staticmethod(log_odds)

    def __init__(
        self,
        temperature=4.0,
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(from_logits, teacher_layer_name, student_layer_name, **kwargs)
        self.temperature = checked_temperature(temperature)

    def call(self, teacher_outputs, student_outputs, step=0):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        temperature = temperature_at(self.temperature, step)
        values = binary_soft_target_divergence(teacher, student, temperature)
        if len(values.shape) == 3:
            return ops.mean(values, axis=-1)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))

    def get_config(self):
        return {**super().get_config(), "temperature": temperature_config(self.temperature)}

    def check(self, teacher_outputs, student_outputs):
        if tuple(teacher_outputs.shape[1:]) != tuple(student_outputs.shape[1:]):
            raise ValueError(
                "BinarySoftTargets compares teacher and student output by output. Received: a "
                f"teacher output of shape {shape_text(teacher_outputs)} and a student output of "
                f"shape {shape_text(student_outputs)}. Map the teacher's outputs to the "
                "student's with kd.teachers.adapt(teacher, class_map=[...])."
            )
