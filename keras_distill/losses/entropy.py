"""How sure the student may be: its own entropy as a term."""

import math

import keras
from keras import ops

from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)


def entropy(logits, temperature=1.0):
    """−Σ q log q of softmax(logits / T), in nats.

    Args:
        logits: float32 `(..., classes)`.
        temperature: Above 0.

    Returns:
        float32 `(...)`, from 0 to log(classes).
    """
    log_q = ops.log_softmax(logits / temperature, axis=-1)
    # 0 · log 0 is 0, also where a class is forbidden.
    return -ops.sum(ops.exp(log_q) * ops.maximum(log_q, -1e4), axis=-1)


@keras.saving.register_keras_serializable(package="keras_distill")
class Entropy(ResponseLoss):
    """Rewards the student for being less sure, or for being surer.

    `"penalize_confidence"`: log(classes) − H(q), which is KL(q ‖ uniform): a student that is
    sure pays, as with label smoothing, for calibration. `"minimize"`: H(q), for examples
    without labels: the boundary is pushed to where there are few of them. The teacher is not
    looked at. Both gradients vanish where the student is entirely sure.

    Args:
        direction: `"penalize_confidence"` (default) or `"minimize"`. A weight of 0.1 is
            usual for the first, 0.01 to 0.1 for the second.
        temperature: Of the student's softmax, above 0, or a function of the step.
            Defaults to 1.0.
        from_logits: As in `SoftTargets`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, classes)`:
        float32 `(batch,)`, from 0 to log(classes); `(batch, tokens)` for sequences.

    Raises:
        ValueError: There is one output only, or `direction` is something else.

    Example:

    ```python
    uniform = np.zeros((2, 4))
    assert np.allclose(kd.losses.Entropy("minimize")(uniform, uniform), np.log(4))
    assert np.allclose(kd.losses.Entropy()(uniform, uniform), 0.0, atol=1e-6)
    ```

    Reference:
        Pereyra et al., 2017, Regularizing Neural Networks by Penalizing Confident Output
        Distributions, https://arxiv.org/abs/1701.06548;
        Grandvalet and Bengio, 2004, Semi-supervised Learning by Entropy Minimization (NeurIPS)
    """

    def __init__(
        self,
        direction="penalize_confidence",
        temperature=1.0,
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(from_logits, teacher_layer_name, student_layer_name, **kwargs)
        if direction not in ("penalize_confidence", "minimize"):
            raise ValueError(
                '`direction` must be "penalize_confidence" or "minimize". '
                f"Received: direction={direction!r}."
            )
        self.direction = direction
        self.temperature = checked_temperature(temperature)

    def call(self, teacher_outputs, student_outputs, step=0):
        _, student = self.logits(teacher_outputs, student_outputs)
        values = entropy(student, temperature_at(self.temperature, step))
        if self.direction == "penalize_confidence":
            values = math.log(student.shape[-1]) - values
        return self.per_example(values)

    def get_config(self):
        return {
            **super().get_config(),
            "direction": self.direction,
            "temperature": temperature_config(self.temperature),
        }
