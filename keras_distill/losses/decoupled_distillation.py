"""Decoupled knowledge distillation: the target class and the others apart."""

import keras
from keras import ops

from keras_distill.losses.binary_soft_targets import binary_soft_target_divergence
from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.soft_targets import soft_target_divergence
from keras_distill.losses.target_classes import target_classes
from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)

_FORBIDDEN = -1e30


def decoupled_divergences(teacher_logits, student_logits, targets, temperature):
    """T² · KL of (target, all others together), and T² · KL among the others.

    Args:
        teacher_logits: float32 `(..., classes)`.
        student_logits: float32 `(..., classes)`.
        targets: int32 `(...)`, the class that is set apart.
        temperature: Above 0.

    Returns:
        Two float32 `(...)`, none below 0.
    """
    temperature = ops.cast(temperature, "float32")
    target = ops.one_hot(targets, teacher_logits.shape[-1], dtype="float32") > 0.5
    others = [ops.where(target, _FORBIDDEN, each) for each in (teacher_logits, student_logits)]
    # log p_target − log p_others, at the temperature: the logit of a Bernoulli variable.
    odds = [
        ops.sum(ops.where(target, each / temperature, 0.0), axis=-1)
        - ops.logsumexp(rest / temperature, axis=-1)
        for each, rest in zip((teacher_logits, student_logits), others, strict=True)
    ]
    target_part = temperature**2 * binary_soft_target_divergence(*odds, 1.0)
    return target_part, soft_target_divergence(*others, temperature)


@keras.saving.register_keras_serializable(package="keras_distill")
class DecoupledDistillation(ResponseLoss):
    """Weighs what the teacher says of the label and of the other classes apart.

    α · TCKD + β · NCKD. TCKD is T² · KL between (label, everything else), NCKD is T² · KL
    among the other classes alone. In `SoftTargets` the second is multiplied by the
    teacher's doubt, 1 − p(label), so that a sure teacher teaches little of it; here it
    keeps its weight. An example without a label (`None`, or outside the classes, as
    `ignore_class` marks it) has the teacher's choice for one.

    Args:
        alpha: Weight of the target part, from 0. Defaults to 1.0, as in the paper.
        beta: Weight of the part among the others, from 0. Defaults to 8.0; 1 to 10 in the
            paper, higher for teachers that are surer. With large logits warm the loss's
            weight up over the first epochs (`kd.schedules.Linear`), as the authors do.
        temperature: Above 0, or a function of the step. Defaults to 4.0.
        from_logits: As in `SoftTargets`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs, labels=)`, both outputs
        `(batch, classes)`: float32 `(batch,)`; `(batch, tokens)` for sequences.

    Raises:
        ValueError: Class counts differ, or there is one output only.

    Example:

    ```python
    loss = kd.losses.DecoupledDistillation(alpha=1.0, beta=8.0, temperature=4.0)
    values = loss(np.zeros((3, 10)), np.ones((3, 10)), labels=np.array([4, 0, 9]))
    assert values.shape == (3,)
    ```

    Reference:
        Zhao et al., 2022, Decoupled Knowledge Distillation,
        https://arxiv.org/abs/2203.08679
    """

    def __init__(
        self,
        alpha=1.0,
        beta=8.0,
        temperature=4.0,
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(from_logits, teacher_layer_name, student_layer_name, **kwargs)
        for name, value in (("alpha", alpha), ("beta", beta)):
            if not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
                raise ValueError(
                    f"`{name}` must be a number of 0 or more. Received: {name}={value!r}."
                )
        self.alpha, self.beta = alpha, beta
        self.temperature = checked_temperature(temperature)

    def call(self, teacher_outputs, student_outputs, step=0, labels=None):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        targets, _ = target_classes(labels, teacher)
        temperature = temperature_at(self.temperature, step)
        target, others = decoupled_divergences(teacher, student, targets, temperature)
        return self.per_example(self.alpha * target + self.beta * others)

    def get_config(self):
        return {
            **super().get_config(),
            "alpha": self.alpha,
            "beta": self.beta,
            "temperature": temperature_config(self.temperature),
        }
