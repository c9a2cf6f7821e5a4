"""Neuron selectivity transfer: where the student's channels fire, as a distribution."""

import keras
from keras import ops

from keras_distill.losses.common_resolution import common_resolution, resolutions_fit
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.shape_text import shape_text
from keras_distill.losses.unit_length import unit_length


def selectivity_discrepancy(teacher_features, student_features, mask=None):
    """Squared maximum mean discrepancy of two layers' channels, kernel (xᵀy)².

    Args:
        teacher_features: Maps `(batch, height, width, channels)` or tokens
            `(batch, tokens, width)`.
        student_features: The same; channels may differ, sizes where one is a multiple
            of the other.
        mask: `(batch, tokens)`, true where a token counts. Optional.

    Returns:
        float32 `(batch,)`, from 0 to 2.
    """
    teacher, student = ops.stop_gradient(teacher_features), student_features
    if len(student.shape) == 4:
        teacher, student = common_resolution(teacher, student)
    elif mask is not None:
        counts = ops.expand_dims(ops.cast(mask, "bool"), -1)
        teacher, student = (
            ops.where(counts, ops.cast(each, "float32"), 0.0) for each in (teacher, student)
        )
    # The three kernel means are one squared difference: nothing cancels.
    difference = selectivities(student) - selectivities(teacher)
    return ops.sum(ops.square(difference), axis=(1, 2))


def selectivities(features):
    """Mean over channels of x xᵀ, x a channel's activations at length 1.

    Args:
        features: `(batch, ..., channels)`.

    Returns:
        float32 `(batch, positions, positions)`.
    """
    channels = features.shape[-1]
    features = ops.reshape(features, (ops.shape(features)[0], -1, channels))
    x = unit_length(features, axis=1)
    return ops.matmul(x, ops.transpose(x, (0, 2, 1))) / channels


@keras.saving.register_keras_serializable(package="keras_distill")
class NeuronSelectivity(DistillationLoss):
    """Teaches the student's channels to fire where the teacher's channels fire.

    Each channel's activations over the positions, brought to length 1, are one sample x;
    the loss is the squared maximum mean discrepancy between the student's samples and the
    teacher's, mean k(s, s') + mean k(t, t') − 2 · mean k(s, t), with the polynomial kernel
    k(x, y) = (xᵀy)². Which channel fires does not matter, so channel counts may differ,
    and nothing is learned for it. From 0 to 2; a weight of 50 is usual.

    Of two maps of different size the larger is average-pooled to the smaller. Padding of
    sequences, by the student's mask, takes no part. Memory grows with positions²: choose
    late stages, 16 × 16 or smaller.

    Args:
        teacher_layer_name: Path of the teacher layer; the paper takes the last one before
            pooling.
        student_layer_name: Path of the student layer.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, height,
        width, channels)` or both `(batch, tokens, width)`: float32 `(batch,)`.

    Raises:
        ValueError: Features have no positions, or neither size is a multiple of the
            other.

    Example:

    ```python
    loss = kd.losses.NeuronSelectivity("stage_3", "block_2")
    assert loss(np.ones((2, 8, 8, 16)), np.ones((2, 4, 4, 3))).shape == (2,)
    ```

    Reference:
        Huang and Wang, 2017, Like What You Like: Knowledge Distill via Neuron Selectivity
        Transfer, https://arxiv.org/abs/1707.01219
    """

    def __init__(self, teacher_layer_name, student_layer_name, **kwargs):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)

    def call(self, teacher_outputs, student_outputs, mask=None):
        self.check(teacher_outputs, student_outputs)
        return selectivity_discrepancy(teacher_outputs, student_outputs, mask)

    def check(self, teacher_outputs, student_outputs):
        teacher, student = teacher_outputs.shape, student_outputs.shape
        fits = len(teacher) == len(student) and len(teacher) in (3, 4)
        if fits and len(teacher) == 3:
            fits = None in (teacher[1], student[1]) or teacher[1] == student[1]
        if not fits or (len(teacher) == 4 and not resolutions_fit(teacher, student)):
            raise ValueError(
                "NeuronSelectivity compares maps (batch, height, width, channels) of sizes where "
                "one is a multiple of the other, or equally many tokens (batch, tokens, width). "
                f"Received: teacher layer '{self.teacher_layer_name}' of shape "
                f"{shape_text(teacher_outputs)}, student layer '{self.student_layer_name}' of "
                f"shape {shape_text(student_outputs)}. Name layers before pooling and flattening "
                "whose sizes fit."
            )
