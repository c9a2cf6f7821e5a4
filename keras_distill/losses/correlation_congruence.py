"""Correlation congruence: the student's examples correlate as the teacher's do."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.shape_text import shape_text
from keras_distill.losses.unit_length import unit_length


def correlation_difference(teacher_features, student_features, gamma=0.4, order=2):
    """Squared distance between rows of two correlation matrices, over the batch size.

    Args:
        teacher_features: `(batch, ...)`.
        student_features: `(batch, ...)`; every other size may differ.
        gamma: Above 0.
        order: From 1.

    Returns:
        float32 `(batch,)`; its mean is the paper's ‖C_S − C_T‖² / batch².
    """
    teacher = correlations(ops.stop_gradient(teacher_features), gamma, order)
    return ops.mean(ops.square(correlations(student_features, gamma, order) - teacher), axis=-1)


def correlations(features, gamma, order):
    """Gaussian kernel of every two examples of length 1, as a Taylor polynomial.

    Args:
        features: `(batch, ...)`.
        gamma: Above 0.
        order: The polynomial's highest power, from 1.

    Returns:
        float32 `(batch, batch)`.
    """
    features = unit_length(ops.reshape(features, (ops.shape(features)[0], -1)))
    # ‖x − y‖² = 2 − 2 xᵀy at length 1, so the kernel is e^(−2γ) · e^(2γ xᵀy).
    x = 2.0 * gamma * ops.matmul(features, ops.transpose(features))
    total = term = ops.ones_like(x)
    for power in range(1, order + 1):
        term = term * x / power
        total = total + term
    return ops.exp(-2.0 * gamma) * total


@keras.saving.register_keras_serializable(package="keras_distill")
class CorrelationCongruence(DistillationLoss):
    """Teaches the student how strongly the examples of a batch correlate.

    C is the batch × batch matrix of a Gaussian kernel exp(−γ ‖x − y‖²) of the flattened
    features, each example brought to length 1, written as its Taylor polynomial
    e^(−2γ) Σ_p (2γ)^p / p! · (xᵀy)^p; the loss is ‖C_student − C_teacher‖² / batch².
    Widths, sizes and ranks may differ, and nothing is learned for it.

    Row i, Σⱼ (C_student − C_teacher)²ᵢⱼ / batch, is what example i is given. Batches
    with several examples of each class tell more than batches with one.

    Args:
        teacher_layer_name: Path of the teacher layer, usually the last before its head.
        student_layer_name: Path of the student layer.
        gamma: γ, above 0; higher ones look at near neighbours only. Defaults to 0.4, the
            paper's.
        order: Highest power of the polynomial, from 1; the paper tries 1 to 5. Defaults
            to 2.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, ...)`:
        float32 `(batch,)`.

    Raises:
        ValueError: A layer puts out one number, not features, for each example.

    Example:

    ```python
    loss = kd.losses.CorrelationCongruence("pooled", "pooled")
    assert loss(np.ones((4, 16)), np.ones((4, 5))).shape == (4,)
    ```

    Reference:
        Peng et al., 2019, Correlation Congruence for Knowledge Distillation,
        https://arxiv.org/abs/1904.01802
    """

    def __init__(self, teacher_layer_name, student_layer_name, gamma=0.4, order=2, **kwargs):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        number = isinstance(gamma, (int, float)) and not isinstance(gamma, bool)
        # e^(−2γ) is nothing in float32 from 44 on.
        if not number or not 0 < gamma <= 40:
            raise ValueError(
                f"`gamma` must be a number above 0, 40 at most. Received: gamma={gamma!r}. The "
                "paper uses 0.4."
            )
        if not isinstance(order, int) or isinstance(order, bool) or order < 1:
            raise ValueError(
                f"`order` must be an integer from 1. Received: order={order!r}. The paper uses 2."
            )
        self.gamma = gamma
        self.order = order

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        return correlation_difference(teacher_outputs, student_outputs, self.gamma, self.order)

    def check(self, teacher_outputs, student_outputs):
        if min(len(teacher_outputs.shape), len(student_outputs.shape)) < 2:
            raise ValueError(
                "CorrelationCongruence compares features (batch, ...). Received: teacher layer "
                f"'{self.teacher_layer_name}' of shape {shape_text(teacher_outputs)}, student "
                f"layer '{self.student_layer_name}' of shape {shape_text(student_outputs)}. "
                "Choose layers with at least one feature axis."
            )

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma, "order": self.order}
