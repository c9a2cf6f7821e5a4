"""Relational distillation: distances and angles between the examples of a batch."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.unit_length import unit_length


def relational_distance(teacher_features, student_features):
    """Huber distance of the distances between examples, each over their mean.

    Args:
        teacher_features: `(batch, ...)`.
        student_features: `(batch, ...)`; every other size may differ.

    Returns:
        float32 `(batch,)`: row i is the mean over the pairs (i, j), itself included.
    """
    teacher = _distances(_differences(ops.stop_gradient(teacher_features)))
    student = _distances(_differences(student_features))
    return ops.mean(_huber(student - teacher), axis=-1)


def relational_angle(teacher_features, student_features):
    """Huber distance of the cosines of the angles that triplets of examples form.

    Args:
        teacher_features: `(batch, ...)`.
        student_features: `(batch, ...)`; every other size may differ.

    Returns:
        float32 `(batch,)`: row j is the mean over the triplets (i, j, k) with vertex j.
    """
    teacher = _cosines(_differences(ops.stop_gradient(teacher_features)))
    student = _cosines(_differences(student_features))
    return ops.mean(_huber(student - teacher), axis=(1, 2))


def _differences(features):
    """`(batch, batch, width)`: [j, i] is what leads from example j to example i."""
    features = ops.cast(features, "float32")
    features = ops.reshape(features, (ops.shape(features)[0], -1))
    # Both relations ignore a common factor; here it keeps squares in range.
    highest = ops.stop_gradient(ops.max(ops.abs(features)))
    features = features / ops.where(highest > 0, highest, 1.0)
    apart = ops.expand_dims(features, 0) - ops.expand_dims(features, 1)
    # Compiled, x − x may leave a rounding error, which would be given a direction.
    itself = ops.eye(ops.shape(features)[0], dtype="bool")
    return ops.where(ops.expand_dims(itself, -1), 0.0, apart)


def _distances(differences):
    squares = ops.sum(ops.square(differences), axis=-1)
    # The root has no gradient at 0, where an example meets itself or its copy.
    apart = squares > 0
    distances = ops.where(apart, ops.sqrt(ops.where(apart, squares, 1.0)), 0.0)
    number = ops.maximum(ops.sum(ops.cast(apart, "float32")), 1.0)
    mean = ops.sum(distances) / number
    return distances / ops.where(mean > 0, mean, 1.0)


def _cosines(differences):
    edges = unit_length(differences)
    return ops.matmul(edges, ops.transpose(edges, (0, 2, 1)))


def _huber(x):
    size = ops.abs(x)
    return ops.where(size < 1.0, 0.5 * ops.square(x), size - 0.5)


@keras.saving.register_keras_serializable(package="keras_distill")
class RelationalDistillation(DistillationLoss):
    """Teaches the student how examples lie to each other: their distances and angles.

    `distance_weight` · mean over pairs of huber(d_student − d_teacher), with the
    distances d of flattened features over their mean in the batch (of those above 0),
    plus `angle_weight` · mean over triplets (i, j, k) of huber(∠_student − ∠_teacher), ∠
    the cosine at j. Example i is given the pairs it begins and the triplets it is the
    vertex of; as in the authors' code the means run over all batch² pairs and batch³
    triplets, also those that repeat an example.

    Widths and even ranks of the two layers may differ, and nothing is learned for it. It
    needs memory for batch² × features numbers: name layers after pooling.

    Args:
        teacher_layer_name: Path of the teacher layer, e.g. `"global_pooling"`.
        student_layer_name: Path of the student layer.
        distance_weight: From 0; 25 for classifiers. Defaults to 25.0.
        angle_weight: From 0, usually twice the other. Defaults to 50.0.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, ...)`:
        float32 `(batch,)`.

    Raises:
        ValueError: A weight is below 0 or both are 0; a layer puts out no features.

    Example:

    ```python
    loss = kd.losses.RelationalDistillation("pool", "pool")
    assert loss(np.random.rand(4, 16), np.random.rand(4, 5)).shape == (4,)
    ```

    Reference:
        Park et al., 2019, Relational Knowledge Distillation,
        https://arxiv.org/abs/1904.05068
    """

    def __init__(
        self,
        teacher_layer_name,
        student_layer_name,
        distance_weight=25.0,
        angle_weight=50.0,
        **kwargs,
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        weights = (distance_weight, angle_weight)
        numbers = [isinstance(w, (int, float)) and not isinstance(w, bool) for w in weights]
        if not all(numbers) or not all(0 <= w < float("inf") for w in weights) or not any(weights):
            raise ValueError(
                "`distance_weight` and `angle_weight` must be numbers from 0, one of them above "
                f"0. Received: distance_weight={distance_weight!r}, angle_weight={angle_weight!r}."
            )
        self.distance_weight = distance_weight
        self.angle_weight = angle_weight

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        values = 0.0
        if self.distance_weight:
            values += self.distance_weight * relational_distance(teacher_outputs, student_outputs)
        if self.angle_weight:
            values += self.angle_weight * relational_angle(teacher_outputs, student_outputs)
        return values

    def check(self, teacher_outputs, student_outputs):
        if min(len(teacher_outputs.shape), len(student_outputs.shape)) < 2:
            raise ValueError(
                "RelationalDistillation compares features (batch, ...). Received: teacher layer "
                f"'{self.teacher_layer_name}' of shape {tuple(teacher_outputs.shape)}, student "
                f"layer '{self.student_layer_name}' of shape {tuple(student_outputs.shape)}. "
                "Choose layers with at least one feature axis."
            )

    def get_config(self):
        return {
            **super().get_config(),
            "distance_weight": self.distance_weight,
            "angle_weight": self.angle_weight,
        }
