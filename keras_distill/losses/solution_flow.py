"""Flow of the solution procedure (FSP): how features turn into later features."""

import keras
from keras import ops

from keras_distill.losses.common_resolution import pool_sizes, resolutions_fit
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.shape_text import shape_text


def flow_difference(teacher_features, student_features):
    """Mean squared difference of two flows.

    Args:
        teacher_features: `[start, end]`, each `(batch, height, width, channels)`.
        student_features: The same, with the teacher's channels.

    Returns:
        float32 `(batch,)`.
    """
    teacher = flow(*(ops.stop_gradient(each) for each in teacher_features))
    return ops.mean(ops.square(flow(*student_features) - teacher), axis=(1, 2))


def flow(start, end):
    """Products of every channel of one layer with every channel of a later one.

    Args:
        start: `(batch, height, width, m)`.
        end: `(batch, height, width, n)`; the larger of the two is max-pooled.

    Returns:
        float32 `(batch, m, n)`, the mean over positions.
    """
    start, end = ops.cast(start, "float32"), ops.cast(end, "float32")
    start, end = _pooled(start, end.shape), _pooled(end, start.shape)
    batch, positions = ops.shape(start)[0], start.shape[1] * start.shape[2]
    start = ops.reshape(start, (batch, positions, start.shape[-1]))
    end = ops.reshape(end, (batch, positions, end.shape[-1]))
    return ops.matmul(ops.transpose(start, (0, 2, 1)), end) / positions


def _pooled(features, other_shape):
    sizes = pool_sizes(features.shape, other_shape)
    if sizes == (1, 1):
        return features
    return ops.max_pool(features, sizes, sizes, data_format="channels_last")


@keras.saving.register_keras_serializable(package="keras_distill")
class SolutionFlow(DistillationLoss):
    """Teaches the student how the teacher's features turn into later ones.

    The flow between two layers of one model is the matrix of the mean products, over the
    positions, of each channel of the first with each channel of the second; of two sizes
    the larger is max-pooled. The loss is the mean squared difference between the teacher's
    flow and the student's. Pairs at the two ends of a stage are usual, one loss for each.

    Both models need equal channel counts at these layers, as a narrower student has not:
    it suits students with fewer layers. Nothing is learned for it, and the student's
    sizes may differ from the teacher's. The value grows with the fourth power of the
    features: begin with a small weight unless they are normalized.

    Args:
        teacher_layer_name: List of two paths, `[start, end]`.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on two lists of two features `(batch, height, width, channels)`:
        float32 `(batch,)`.

    Raises:
        ValueError: The lists are not of two layers, channel counts differ, or two sizes
            of one model are not multiples.

    Example:

    ```python
    loss = kd.losses.SolutionFlow(["stem", "stage_1"], ["stem", "stage_1"])
    teacher = [np.ones((2, 8, 8, 4)), np.ones((2, 4, 4, 6))]
    student = [np.ones((2, 8, 8, 4)), np.ones((2, 8, 8, 6))]
    assert loss(teacher, student).shape == (2,)
    ```

    Reference:
        Yim et al., 2017, A Gift from Knowledge Distillation: Fast Optimization, Network
        Minimization and Transfer Learning (CVPR), https://doi.org/10.1109/CVPR.2017.754
    """

    def __init__(self, teacher_layer_name, student_layer_name, **kwargs):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        for paths in (teacher_layer_name, student_layer_name):
            if not isinstance(paths, (list, tuple)) or len(paths) != 2:
                raise ValueError(
                    "SolutionFlow takes two lists of two layer paths, [start, end]. Received: "
                    f"teacher_layer_name={teacher_layer_name!r}, "
                    f"student_layer_name={student_layer_name!r}. Name the layers at the two ends "
                    "of a stage of each model."
                )

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        return flow_difference(teacher_outputs, student_outputs)

    def check(self, teacher_outputs, student_outputs):
        for who, paths, outputs in (
            ("teacher", self.teacher_layer_name, teacher_outputs),
            ("student", self.student_layer_name, student_outputs),
        ):
            if not isinstance(outputs, (list, tuple)) or len(outputs) != 2:
                received = len(outputs) if isinstance(outputs, (list, tuple)) else "one, no list"
                raise ValueError(
                    f"SolutionFlow expects the features of 2 {who} layers as a list. Received: "
                    f"{received}. Pass one for each of {list(paths)}."
                )
            start, end = (each.shape for each in outputs)
            known = all(len(each) == 4 and None not in each[1:] for each in (start, end))
            if not known or not resolutions_fit(start, end):
                raise ValueError(
                    "SolutionFlow multiplies maps (batch, height, width, channels) of known size, "
                    f"one a multiple of the other. Received: {who} layers {list(paths)} of shapes "
                    f"{shape_text(outputs[0])} and {shape_text(outputs[1])}. Choose another pair "
                    "of layers, or fix the model's input size."
                )
        for at in (0, 1):
            teacher, student = teacher_outputs[at].shape[-1], student_outputs[at].shape[-1]
            if teacher != student:
                raise ValueError(
                    "SolutionFlow compares layers with equal channel counts. Received: teacher "
                    f"layer '{self.teacher_layer_name[at]}' with {teacher} channels, student layer "
                    f"'{self.student_layer_name[at]}' with {student}. Choose layers of equal "
                    "width, or use kd.losses.AttentionTransfer, which takes any."
                )
