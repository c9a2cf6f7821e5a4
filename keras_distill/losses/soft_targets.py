"""Hinton's soft targets: KL divergence between tempered softmaxes."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.log_probabilities import log_probabilities


def soft_target_divergence(teacher_logits, student_logits, temperature):
    """T² · KL(softmax(teacher / T) ‖ softmax(student / T)).

    The plain Σ p (log p − log q) loses its digits when p ≈ q; there
    `log E_p[eˣ]` is used, x the difference of the logits less its mean under p.

    Args:
        teacher_logits: `(..., classes)`.
        student_logits: `(..., classes)`.
        temperature: Above 0.

    Returns:
        float32 `(...)`, never below 0.
    """
    # −inf is a usual way to forbid a class: finite here, and still probability 0.
    teacher = ops.clip(ops.cast(teacher_logits, "float32"), -1e30, 1e30)
    student = ops.clip(ops.cast(student_logits, "float32"), -1e30, 1e30)
    temperature = ops.cast(temperature, "float32")
    log_p = _log_softmax(teacher, temperature)
    log_q = _log_softmax(student, temperature)
    p = ops.exp(log_p)
    plain = ops.sum(p * (log_p - log_q), axis=-1)
    near = plain < 0.1

    difference = student - teacher
    # Taken off first, or a student that is the teacher + 5000 would cost digits.
    top = ops.one_hot(ops.argmax(teacher, axis=-1), teacher.shape[-1], dtype="float32")
    shift = ops.sum(ops.where(top > 0.5, difference, 0.0), axis=-1, keepdims=True)
    x = (difference - ops.stop_gradient(shift)) / temperature
    x = ops.where(near[..., None], x, 0.0)
    x = x - ops.sum(p * x, axis=-1, keepdims=True)
    small, large = ops.abs(x) < 0.5, x > 20.0
    s = ops.where(small, x, 0.0)
    series = s * s * (1 / 2 + s * (1 / 6 + s * (1 / 24 + s * (1 / 120 + s * (1 / 720 + s / 5040)))))
    m = ops.where(small | large, 0.0, x)
    # p may have underflowed where the student is far above; p · eˣ is q · e^KL.
    far = ops.exp(ops.where(large, log_q + plain[..., None], 0.0)) - p * (1.0 + x)
    excess = ops.where(large, far, p * (series + ops.expm1(m) - m))
    centred = ops.log1p(ops.sum(ops.where(near[..., None], excess, 0.0), axis=-1))
    return temperature**2 * ops.where(near, centred, plain)


def _log_softmax(logits, temperature):
    highest = ops.stop_gradient(ops.max(logits, axis=-1, keepdims=True))
    scaled = (logits - highest) / temperature
    return scaled - ops.log(ops.sum(ops.exp(scaled), axis=-1, keepdims=True))


@keras.saving.register_keras_serializable(package="keras_distill")
class SoftTargets(DistillationLoss):
    """Teaches the student the teacher's class probabilities, softened by a temperature.

    The first thing to try for a classifier. T² · KL(teacher ‖ student): the factor
    keeps the gradient's size while the temperature changes. A higher temperature shows
    more of what the teacher thinks of the wrong classes; 2 to 8 are usual.

    Args:
        temperature: Above 0, or a function of the step such as a
            `keras.optimizers.schedules.LearningRateSchedule`. Defaults to 4.0.
        from_logits: `True`: both models put out logits; `False`: both put out
            probabilities, served exactly by taking logs. `"auto"` (default): a
            `Distiller` finds out for each; called on its own, logits.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, classes)`:
        float32 `(batch,)`. Sequences `(batch, tokens, classes)` give `(batch, tokens)`;
        maps are averaged over their positions.

    Raises:
        ValueError: Class counts differ, or there is one output only.

    Example:

    ```python
    values = kd.losses.SoftTargets(temperature=2.0)(np.zeros((3, 10)), np.ones((3, 10)))
    assert values.shape == (3,)
    ```

    Reference:
        Hinton et al., 2015, Distilling the Knowledge in a Neural Network,
        https://arxiv.org/abs/1503.02531
    """

    def __init__(
        self,
        temperature=4.0,
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        if not callable(temperature) and not (
            isinstance(temperature, (int, float)) and 0 < temperature < float("inf")
        ):
            raise ValueError(
                "`temperature` must be a number above 0 or a function of the step. "
                f"Received: temperature={temperature!r}."
            )
        if from_logits not in ("auto", True, False):
            raise ValueError(
                '`from_logits` must be True, False or "auto". '
                f"Received: from_logits={from_logits!r}."
            )
        self.temperature = temperature
        self.from_logits = from_logits

    def call(self, teacher_outputs, student_outputs, step=0):
        self.check(teacher_outputs, student_outputs)
        if self.from_logits is False:
            teacher_outputs = log_probabilities(teacher_outputs)
            student_outputs = log_probabilities(student_outputs)
        temperature = self.temperature(step) if callable(self.temperature) else self.temperature
        values = soft_target_divergence(teacher_outputs, student_outputs, temperature)
        if len(values.shape) > 2:
            values = ops.mean(values, axis=tuple(range(1, len(values.shape))))
        return values

    def check(self, teacher_outputs, student_outputs):
        for who, outputs in (("teacher", teacher_outputs), ("student", student_outputs)):
            if isinstance(outputs, (list, tuple, dict)):
                raise ValueError(
                    f"{type(self).__name__} compares one output with one output. Received: a "
                    f"{who} with {len(outputs)} outputs. Name the layers of the heads to compare: "
                    "teacher_layer_name=..., student_layer_name=... ."
                )
        teacher, student = teacher_outputs.shape[-1], student_outputs.shape[-1]
        if len(student_outputs.shape) < 2 or student == 1:
            raise ValueError(
                "SoftTargets compares softmax outputs of two or more classes. Received: a "
                f"student output of shape {tuple(student_outputs.shape)}. A head with one output "
                "is not softmax: use kd.losses.BinarySoftTargets."
            )
        if teacher != student or len(teacher_outputs.shape) != len(student_outputs.shape):
            raise ValueError(
                "SoftTargets compares teacher and student class by class. Received: a teacher "
                f"output of shape {tuple(teacher_outputs.shape)} and a student output of shape "
                f"{tuple(student_outputs.shape)}. Map the teacher's classes to the student's with "
                "kd.teachers.adapt(teacher, class_map=[...])."
            )

    def get_config(self):
        temperature = self.temperature
        if callable(temperature):
            temperature = keras.saving.serialize_keras_object(temperature)
        config = {"temperature": temperature, "from_logits": self.from_logits}
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config):
        temperature = config["temperature"]
        if isinstance(temperature, dict):
            temperature = keras.saving.deserialize_keras_object(temperature)
        return cls(**{**config, "temperature": temperature})
