"""Probabilistic knowledge transfer: who is whose neighbour, as probabilities."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.shape_text import shape_text
from keras_distill.losses.unit_length import unit_length

# Keeps the log of a neighbour in the very opposite direction finite.
FLOOR = 1e-6


def neighbour_divergence(teacher_features, student_features):
    """KL divergence between two distributions over the other examples of a batch.

    Args:
        teacher_features: `(batch, ...)`.
        student_features: `(batch, ...)`; every other size may differ.

    Returns:
        float32 `(batch,)`, never below 0; zeros for a batch of one.
    """
    p = neighbour_probabilities(ops.stop_gradient(teacher_features))
    q = neighbour_probabilities(student_features)
    alone = ops.eye(ops.shape(p)[0], dtype="float32") > 0.5
    p, q = ops.where(alone, 1.0, p), ops.where(alone, 1.0, q)
    # Σ p log(p / q) = Σ p (r − log(1 + r)), r = q / p − 1: no term is below 0, and near
    # p = q none loses its digits to the others.
    r = (q - p) / p
    return ops.sum(ops.maximum(p * (r - ops.log1p(r)), 0.0), axis=-1)


def neighbour_probabilities(features):
    """For each example, the other examples' share of its similarities.

    Args:
        features: `(batch, ...)`.

    Returns:
        float32 `(batch, batch)`: row i is p(j | i) = K(i, j) / Σ_{k ≠ i} K(i, k) with
        K = (1 + cos) / 2; 0 on the diagonal.
    """
    features = unit_length(ops.reshape(features, (ops.shape(features)[0], -1)))
    cosines = ops.matmul(features, ops.transpose(features))
    kernel = ops.maximum((1.0 + cosines) / 2.0, 0.0) + FLOOR
    kernel = kernel * (1.0 - ops.eye(ops.shape(kernel)[0], dtype="float32"))
    total = ops.sum(kernel, axis=-1, keepdims=True)
    return kernel / ops.where(total > 0, total, 1.0)


@keras.saving.register_keras_serializable(package="keras_distill")
class ProbabilisticTransfer(DistillationLoss):
    """Teaches the student which examples of a batch are each other's neighbours.

    With K = (1 + cosine) / 2 of the flattened features, p(j | i) = K(i, j) / Σ_{k ≠ i}
    K(i, k) is the probability that i picks j for its neighbour; the loss is
    Σ_{j ≠ i} p_teacher log(p_teacher / p_student). Widths, sizes and ranks may differ, and
    nothing is learned for it.

    Row i is what example i is given. The values are small, since no K is far from the
    others: 1e-3 is a large one, and weights of 100 to 10,000 are usual. Larger batches
    tell more.

    Args:
        teacher_layer_name: Path of the teacher layer, usually the last before its head.
        student_layer_name: Path of the student layer.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, ...)`:
        float32 `(batch,)`.

    Raises:
        ValueError: A layer puts out one number, not features, for each example.

    Example:

    ```python
    loss = kd.losses.ProbabilisticTransfer("pooled", "pooled")
    assert loss(np.ones((4, 16)), np.ones((4, 5))).shape == (4,)
    ```

    Reference:
        Passalis and Tefas, 2018, Learning Deep Representations with Probabilistic
        Knowledge Transfer, https://arxiv.org/abs/1803.10837
    """

    def __init__(self, teacher_layer_name, student_layer_name, **kwargs):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        return neighbour_divergence(teacher_outputs, student_outputs)

    def check(self, teacher_outputs, student_outputs):
        if min(len(teacher_outputs.shape), len(student_outputs.shape)) < 2:
            raise ValueError(
                "ProbabilisticTransfer compares features (batch, ...). Received: teacher layer "
                f"'{self.teacher_layer_name}' of shape {shape_text(teacher_outputs)}, student "
                f"layer '{self.student_layer_name}' of shape {shape_text(student_outputs)}. "
                "Choose layers with at least one feature axis."
            )
