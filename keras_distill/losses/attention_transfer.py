"""Attention transfer: the student looks where the teacher looks."""

import keras
from keras import ops

from keras_distill.losses.common_resolution import common_resolution, resolutions_fit
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.unit_length import unit_length


def attention_distance(teacher_features, student_features, exponent=2.0, mask=None):
    """Squared distance of two attention maps of length 1.

    Args:
        teacher_features: Maps `(batch, height, width, channels)` or tokens
            `(batch, tokens, width)`.
        student_features: The same; channels may differ, sizes where one is a multiple
            of the other.
        exponent: From 1.
        mask: `(batch, tokens)`, true where a token counts. Optional.

    Returns:
        float32 `(batch,)`, from 0 to 2.
    """
    teacher = attention_map(ops.stop_gradient(teacher_features), exponent)
    student = attention_map(student_features, exponent)
    if len(teacher.shape) == 4:
        teacher, student = common_resolution(teacher, student)
    elif mask is not None:
        counts = ops.expand_dims(ops.cast(mask, "bool"), -1)
        teacher, student = (ops.where(counts, each, 0.0) for each in (teacher, student))
    teacher, student = (
        unit_length(ops.reshape(each, (ops.shape(each)[0], -1))) for each in (teacher, student)
    )
    return ops.sum(ops.square(student - teacher), axis=-1)


def attention_map(features, exponent):
    """Mean over channels of |features|^exponent, up to a factor for each example.

    Args:
        features: `(batch, ..., channels)`.
        exponent: From 1.

    Returns:
        float32 `(batch, ..., 1)`.
    """
    size = ops.abs(ops.cast(features, "float32"))
    # The factor is lost when the map is brought to length 1; powers of 1e4 are not missed.
    highest = ops.stop_gradient(ops.max(size, axis=tuple(range(1, len(size.shape))), keepdims=True))
    size = size / ops.where(highest > 0, highest, 1.0)
    return ops.mean(ops.power(size, exponent), axis=-1, keepdims=True)


@keras.saving.register_keras_serializable(package="keras_distill")
class AttentionTransfer(DistillationLoss):
    """Teaches the student where in the image, or on which tokens, to look.

    The attention map of a layer is a = mean over channels of |F|^p at each position,
    brought to length 1: the loss is Σ over positions of (a_student − a_teacher)², from
    0 to 2. Nothing is learned for it, and channel counts may differ. Useful on one to
    four stages, one loss for each, beside `SoftTargets` or the labels.

    Of two maps of different size the larger is average-pooled to the smaller. Padding
    of sequences, by the student's mask, takes no part.

    The authors' scripts take the mean over positions and the weight 1000; for the sum,
    as here, that is a weight of 1000 / positions: 16 at 8 × 8, 1 at 32 × 32.

    Args:
        teacher_layer_name: Path of the teacher layer, e.g. `"backbone/stage_3"`.
        student_layer_name: Path of the student layer.
        exponent: p, from 1; 1, 2 and 4 are usual. Higher ones look at the strongest
            features more. Defaults to 2.0.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, height,
        width, channels)` or both `(batch, tokens, width)`: float32 `(batch,)`.

    Raises:
        ValueError: Features have no positions, or neither size is a multiple of the
            other.

    Example:

    ```python
    attention = kd.losses.AttentionTransfer("stage_3", "block_2")
    assert attention(np.ones((2, 8, 8, 16)), np.ones((2, 4, 4, 3))).shape == (2,)
    ```

    Reference:
        Zagoruyko and Komodakis, 2017, Paying More Attention to Attention,
        https://arxiv.org/abs/1612.03928
    """

    def __init__(self, teacher_layer_name, student_layer_name, exponent=2.0, **kwargs):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        number = isinstance(exponent, (int, float)) and not isinstance(exponent, bool)
        if not number or not 1 <= exponent < float("inf"):
            raise ValueError(
                f"`exponent` must be a number from 1. Received: exponent={exponent!r}. "
                "The paper uses 2."
            )
        self.exponent = exponent

    def call(self, teacher_outputs, student_outputs, mask=None):
        self.check(teacher_outputs, student_outputs)
        return attention_distance(teacher_outputs, student_outputs, self.exponent, mask)

    def check(self, teacher_outputs, student_outputs):
        teacher, student = teacher_outputs.shape, student_outputs.shape
        received = (
            f"Received: teacher layer '{self.teacher_layer_name}' of shape {tuple(teacher)}, "
            f"student layer '{self.student_layer_name}' of shape {tuple(student)}."
        )
        if len(teacher) != len(student) or len(teacher) not in (3, 4):
            raise ValueError(
                "AttentionTransfer compares maps (batch, height, width, channels) with maps, or "
                f"tokens (batch, tokens, width) with tokens. {received} "
                "Name layers before pooling and flattening."
            )
        if len(teacher) == 3 and None not in (teacher[1], student[1]) and teacher[1] != student[1]:
            raise ValueError(
                f"AttentionTransfer compares token by token. {received} "
                "Choose layers with equal numbers of tokens."
            )
        if len(teacher) == 4 and not resolutions_fit(teacher, student):
            raise ValueError(
                "AttentionTransfer pools the larger map to the smaller, so one size must be a "
                f"multiple of the other. {received} Choose another pair of layers, or resize "
                "one model's input."
            )

    def get_config(self):
        return {**super().get_config(), "exponent": self.exponent}
