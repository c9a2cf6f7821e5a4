"""FitNets' hints: a student layer learns to look like a teacher layer."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss


def feature_distance(teacher_features, student_features):
    """Mean squared difference over the features.

    Args:
        teacher_features: `(batch, ..., width)`.
        student_features: The same shape.

    Returns:
        float32 `(batch,)`; `(batch, tokens)` for sequences `(batch, tokens, width)`.
    """
    difference = ops.cast(student_features, "float32") - ops.cast(teacher_features, "float32")
    rank = len(difference.shape)
    # Tokens are kept apart, so that a mask can leave out the padding.
    axes = -1 if rank == 3 else tuple(range(1, rank))
    return ops.mean(ops.square(difference), axis=axes)


@keras.saving.register_keras_serializable(package="keras_distill")
class FeatureHint(DistillationLoss):
    """Pulls the features of a student layer towards those of a teacher layer.

    Useful beside `SoftTargets` when the student is deep enough to have a stage like the
    teacher's. Widths may differ: a projection learned during distillation (1×1 over the
    channels of feature maps, dense for vectors) maps the student's to the teacher's; it
    belongs to this loss and is never part of the student.

    Args:
        teacher_layer_name: Path of the teacher layer, e.g. `"backbone/stage_3"`.
        student_layer_name: Path of the student layer.
        projection: Whether to learn a projection. Defaults to `True`.
        seed: Seed of the projection's initial weights. Optional.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`: float32 `(batch,)`.

    Raises:
        ValueError: Features differ in rank, positions, or (without projection) width.

    Example:

    ```python
    hint = kd.losses.FeatureHint("stage_3", "block_2", projection=True)
    assert hint(np.ones((2, 4, 4, 8)), np.ones((2, 4, 4, 3))).shape == (2,)
    ```

    Reference:
        Romero et al., 2015, FitNets: Hints for Thin Deep Nets,
        https://arxiv.org/abs/1412.6550
    """

    def __init__(
        self, teacher_layer_name, student_layer_name, projection=True, seed=None, **kwargs
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        if not isinstance(projection, bool):
            raise TypeError(
                f"`projection` must be True or False. Received: projection={projection!r}."
            )
        self.projection = projection
        self.seed = seed
        self._dense = None

    def build(self, teacher_outputs_shape, student_outputs_shape):
        if self.projection:
            self._dense = keras.layers.Dense(
                teacher_outputs_shape[-1],
                kernel_initializer=keras.initializers.GlorotUniform(seed=self.seed),
                dtype="float32",
                name="projection",
            )
            self._dense.build(student_outputs_shape)

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        if self._dense is not None:
            student_outputs = self._dense(student_outputs)
        return feature_distance(teacher_outputs, student_outputs)

    def check(self, teacher_outputs, student_outputs):
        teacher, student = teacher_outputs.shape, student_outputs.shape
        if not self.projection and len(teacher) == len(student) and teacher[-1] != student[-1]:
            raise ValueError(
                "FeatureHint compares features of equal width. Received: teacher layer "
                f"'{self.teacher_layer_name}' with {teacher[-1]} features, student layer "
                f"'{self.student_layer_name}' with {student[-1]}. Pass projection=True to learn a "
                f"{student[-1]} → {teacher[-1]} mapping during distillation."
            )
        positions = zip(teacher[1:-1], student[1:-1], strict=False)
        if len(teacher) != len(student) or any(t != s for t, s in positions if None not in (t, s)):
            raise ValueError(
                "FeatureHint compares features position by position. Received: teacher layer "
                f"'{self.teacher_layer_name}' of shape {tuple(teacher)}, student layer "
                f"'{self.student_layer_name}' of shape {tuple(student)}. Choose two layers of "
                "equal rank and resolution, e.g. both after global pooling."
            )

    def get_config(self):
        return {**super().get_config(), "projection": self.projection, "seed": self.seed}
