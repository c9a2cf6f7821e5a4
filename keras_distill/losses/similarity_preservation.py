"""Similarity preservation: what the teacher finds alike, the student finds alike."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.unit_length import unit_length


def similarity_difference(teacher_features, student_features):
    """Squared distance between rows of two similarity matrices, over the batch size.

    Args:
        teacher_features: `(batch, ...)`.
        student_features: `(batch, ...)`; every other size may differ.

    Returns:
        float32 `(batch,)`; its mean is the paper's ‖G_T − G_S‖² / batch².
    """
    teacher = similarities(ops.stop_gradient(teacher_features))
    # Its mean over j is the row's sum / batch.
    return ops.mean(ops.square(similarities(student_features) - teacher), axis=-1)


def similarities(features):
    """Inner products of every two examples of a batch, rows of length 1.

    Args:
        features: `(batch, ...)`.

    Returns:
        float32 `(batch, batch)`.
    """
    features = ops.cast(features, "float32")
    features = ops.reshape(features, (ops.shape(features)[0], -1))
    # A common factor is lost in the rows' lengths; here it keeps squares in range.
    highest = ops.stop_gradient(ops.max(ops.abs(features)))
    features = features / ops.where(highest > 0, highest, 1.0)
    return unit_length(ops.matmul(features, ops.transpose(features)))


@keras.saving.register_keras_serializable(package="keras_distill")
class SimilarityPreservation(DistillationLoss):
    """Teaches the student which examples of a batch are alike.

    G is the batch × batch matrix of inner products of the flattened features, each row
    brought to length 1; the loss is ‖G_teacher − G_student‖² / batch². Widths, sizes and
    even ranks of the two layers may differ, and nothing is learned for it.

    Row i, Σⱼ (G_teacher − G_student)²ᵢⱼ / batch, is what example i is given. The value
    falls with the batch size: the paper's weight of 3000 belongs to batches of 128.

    Args:
        teacher_layer_name: Path of the teacher layer, e.g. `"backbone/stage_3"`; the
            paper takes the last one before pooling.
        student_layer_name: Path of the student layer.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, ...)`:
        float32 `(batch,)`.

    Raises:
        ValueError: A layer puts out one number, not features, for each example.

    Example:

    ```python
    loss = kd.losses.SimilarityPreservation("stage_3", "block_2")
    assert loss(np.ones((2, 8, 8, 16)), np.ones((2, 5))).shape == (2,)
    ```

    Reference:
        Tung and Mori, 2019, Similarity-Preserving Knowledge Distillation,
        https://arxiv.org/abs/1907.09682
    """

    def __init__(self, teacher_layer_name, student_layer_name, **kwargs):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        return similarity_difference(teacher_outputs, student_outputs)

    def check(self, teacher_outputs, student_outputs):
        if min(len(teacher_outputs.shape), len(student_outputs.shape)) < 2:
            raise ValueError(
                "SimilarityPreservation compares features (batch, ...). Received: teacher layer "
                f"'{self.teacher_layer_name}' of shape {tuple(teacher_outputs.shape)}, student "
                f"layer '{self.student_layer_name}' of shape {tuple(student_outputs.shape)}. "
                "Choose layers with at least one feature axis."
            )
