"""DIST: the student keeps the teacher's relations, not its numbers."""

import keras
from keras import ops

from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)
from keras_distill.losses.unit_length import unit_length


def pearson_distance(teacher, student, axis):
    """1 − Pearson's correlation along an axis; no gradient where a side does not vary.

    Args:
        teacher: float32.
        student: The same shape.
        axis: Along which the two are correlated.

    Returns:
        float32, without the axis, from 0 to 2.
    """
    teacher, student = (
        unit_length(each - ops.mean(each, axis=axis, keepdims=True), axis=axis)
        for each in (teacher, student)
    )
    return 1.0 - ops.sum(teacher * student, axis=axis)


@keras.saving.register_keras_serializable(package="keras_distill")
class DIST(ResponseLoss):
    """Asks the student for the teacher's correlations, among classes and among examples.

    T² · (β · inter + γ · intra). Inter: 1 − Pearson's correlation of the two
    probability vectors of an example. Intra: 1 − the correlation, over the batch, of what
    each says of one class, averaged over the classes. For teachers so much stronger than
    the student that it could not match their probabilities.

    The intra part belongs to the batch: each example is given the whole of it, so that the
    mean over the batch is the paper's loss. Use batches of 64 or more; one example has
    nothing to correlate with, and its intra part is 0.

    Args:
        beta: Weight of the inter part, from 0. Defaults to 1.0 (ImageNet); 2 for CIFAR.
        gamma: Weight of the intra part, from 0. Defaults to 1.0 (ImageNet); 2 for CIFAR.
        temperature: Above 0, or a function of the step. Defaults to 1.0 (ImageNet); 4 for
            CIFAR.
        from_logits: As in `SoftTargets`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, classes)`:
        float32 `(batch,)`; `(batch, tokens)` for sequences, every token an example.

    Raises:
        ValueError: Class counts differ, or there is one output only.

    Example:

    ```python
    loss = kd.losses.DIST(beta=2.0, gamma=2.0, temperature=4.0)
    logits = np.random.default_rng(0).normal(size=(8, 10))
    assert np.allclose(loss(logits, logits), 0.0, atol=1e-4)
    ```

    Reference:
        Huang et al., 2022, Knowledge Distillation from A Stronger Teacher,
        https://arxiv.org/abs/2205.10536
    """

    def __init__(
        self,
        beta=1.0,
        gamma=1.0,
        temperature=1.0,
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(from_logits, teacher_layer_name, student_layer_name, **kwargs)
        for name, value in (("beta", beta), ("gamma", gamma)):
            if not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
                raise ValueError(
                    f"`{name}` must be a number of 0 or more. Received: {name}={value!r}."
                )
        self.beta, self.gamma = beta, gamma
        self.temperature = checked_temperature(temperature)

    def call(self, teacher_outputs, student_outputs, step=0, mask=None):
        logits = self.logits(teacher_outputs, student_outputs)
        temperature = ops.cast(temperature_at(self.temperature, step), "float32")
        p, q = (ops.softmax(each / temperature, axis=-1) for each in logits)
        inter = pearson_distance(p, q, axis=-1)
        classes = p.shape[-1]
        rows = [ops.reshape(each, (-1, classes)) for each in (p, q)]
        counted = ops.shape(rows[0])[0]
        if mask is not None:
            rows = [_centred_where(each, mask) for each in rows]
            counted = ops.sum(ops.cast(mask, "int32"))
        # Of one example alone no class varies, which would read as correlation 0.
        intra = ops.where(counted > 1, ops.mean(pearson_distance(*rows, axis=0)), 0.0)
        return self.per_example(temperature**2 * (self.beta * inter + self.gamma * intra))

    def get_config(self):
        return {
            **super().get_config(),
            "beta": self.beta,
            "gamma": self.gamma,
            "temperature": temperature_config(self.temperature),
        }


def _centred_where(rows, mask):
    """Rows less their mean over what counts, zero elsewhere: padding correlates with nothing."""
    counts = ops.cast(ops.reshape(mask, (-1, 1)), "float32")
    mean = ops.sum(rows * counts, axis=0, keepdims=True) / ops.maximum(ops.sum(counts), 1.0)
    return (rows - mean) * counts
