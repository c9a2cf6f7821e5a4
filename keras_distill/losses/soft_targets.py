"""Hinton's soft targets: KL divergence between tempered softmaxes."""

import keras
from keras import ops

from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)


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
    # In the scores of attention the last axis is as long as the sentence.
    top = ops.one_hot(ops.argmax(teacher, axis=-1), ops.shape(teacher)[-1], dtype="float32")
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


def reverse_soft_target_divergence(teacher_logits, student_logits, temperature):
    """T² · KL(softmax(student / T) ‖ softmax(teacher / T)); as `soft_target_divergence`."""
    return soft_target_divergence(student_logits, teacher_logits, temperature)


def jensen_shannon_soft_targets(teacher_logits, student_logits, temperature):
    """T² · (KL(p ‖ m) + KL(q ‖ m)) / 2 with m = (p + q) / 2; at most T² · ln 2."""
    temperature = ops.cast(temperature, "float32")
    log_p = _log_softmax(ops.clip(ops.cast(teacher_logits, "float32"), -1e30, 1e30), temperature)
    log_q = _log_softmax(ops.clip(ops.cast(student_logits, "float32"), -1e30, 1e30), temperature)
    middle = ops.logaddexp(log_p, log_q)
    halves = soft_target_divergence(log_p, middle, 1.0) + soft_target_divergence(log_q, middle, 1.0)
    return temperature**2 * halves / 2


def standardized(logits):
    """Logits with mean 0 and standard deviation 1 over the classes.

    Args:
        logits: float32 `(..., classes)`.

    Returns:
        float32 `(..., classes)`; zeros where all logits are equal.
    """
    centred = logits - ops.mean(logits, axis=-1, keepdims=True)
    # Squares of a forbidden class's −1e30 would overflow.
    size = ops.maximum(ops.max(ops.abs(centred), axis=-1, keepdims=True), 1.0)
    centred = centred / ops.stop_gradient(size)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    # A floor of 1e-4 under the deviation keeps the gradient finite at equal logits.
    return centred / ops.sqrt(variance + 1e-8 / ops.square(ops.stop_gradient(size)))


_DIVERGENCES = {
    "kl": soft_target_divergence,
    "reverse_kl": reverse_soft_target_divergence,
    "jensen_shannon": jensen_shannon_soft_targets,
}


@keras.saving.register_keras_serializable(package="keras_distill")
class SoftTargets(ResponseLoss):
    """Teaches the student the teacher's class probabilities, softened by a temperature.

    The first thing to try for a classifier. T² · KL(teacher ‖ student): the factor
    keeps the gradient's size while the temperature changes. A higher temperature shows
    more of what the teacher thinks of the wrong classes; 2 to 8 are usual.

    `divergence="reverse_kl"` is KL(student ‖ teacher): the student may leave out what
    the teacher thinks likely, and hardly puts anything where the teacher has nothing. Its
    gradient is weighted by the student's own probabilities, so it vanishes where the
    student is sure of one class, however wrong that class is: begin with another one.
    `"jensen_shannon"` lies between the two, is bounded by T² · ln 2, and its gradient
    vanishes in the same place.

    Args:
        temperature: Above 0, or a function of the step such as those of
            `kd.schedules`. Defaults to 4.0.
        divergence: `"kl"` (default), `"reverse_kl"` or `"jensen_shannon"`.
        standardize: Whether both logits are brought to mean 0 and standard deviation 1
            over the classes first, so that the student need not learn the size of the
            teacher's. Sun et al. use temperature 2 and a weight of 9 with it.
            Defaults to `False`.
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
        https://arxiv.org/abs/1503.02531;
        Sun et al., 2024, Logit Standardization in Knowledge Distillation (`standardize`),
        https://arxiv.org/abs/2403.01427
    """

    def __init__(
        self,
        temperature=4.0,
        divergence="kl",
        standardize=False,
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(from_logits, teacher_layer_name, student_layer_name, **kwargs)
        if divergence not in _DIVERGENCES:
            raise ValueError(
                f"`divergence` must be one of {', '.join(map(repr, _DIVERGENCES))}. "
                f"Received: divergence={divergence!r}."
            )
        if not isinstance(standardize, bool):
            raise TypeError(
                f"`standardize` must be True or False. Received: standardize={standardize!r}."
            )
        self.temperature = checked_temperature(temperature)
        self.divergence = divergence
        self.standardize = standardize

    def call(self, teacher_outputs, student_outputs, step=0):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        if self.standardize:
            teacher, student = standardized(teacher), standardized(student)
        temperature = temperature_at(self.temperature, step)
        return self.per_example(_DIVERGENCES[self.divergence](teacher, student, temperature))

    def get_config(self):
        return {
            **super().get_config(),
            "temperature": temperature_config(self.temperature),
            "divergence": self.divergence,
            "standardize": self.standardize,
        }
