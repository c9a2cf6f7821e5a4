"""Simplified reuse (SimKD): the student borrows the teacher's classifier."""

import keras
from keras import ops

from keras_distill.losses.common_resolution import common_resolution, pool_sizes, resolutions_fit
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.feature_hint import feature_distance
from keras_distill.losses.joined_models import joined_models


def projector_layers(width, factor, rank, pooling=(1, 1), seed=None):
    """Stock Keras layers, in order, that bring student features to the teacher's width.

    Args:
        width: The teacher's.
        factor: By how much the layers between are narrower.
        rank: 2 for vectors, 4 for maps.
        pooling: Average pooling before it, `(height, width)`.
        seed: Seed of the initial weights. Optional.

    Returns:
        A list of unbuilt layers.
    """
    layers = keras.layers
    narrow = max(1, width // factor)

    def normalized(stage):
        return [
            layers.BatchNormalization(dtype="float32", name=f"projector_norm_{stage}"),
            layers.ReLU(dtype="float32", name=f"projector_relu_{stage}"),
        ]

    def start(stage):
        return keras.initializers.HeNormal(seed=None if seed is None else seed + stage)

    if rank == 2:
        made = [
            layers.Dense(each, kernel_initializer=start(i), dtype="float32", name=f"projector_{i}")
            for i, each in enumerate((narrow, width))
        ]
        return [made[0], *normalized(0), made[1]]
    made = []
    if pooling != (1, 1):
        made.append(
            layers.AveragePooling2D(
                pooling, data_format="channels_last", dtype="float32", name="projector_pool"
            )
        )
    for stage, (channels, size) in enumerate(((narrow, 1), (narrow, 3), (width, 1))):
        convolution = layers.Conv2D(
            channels, size, padding="same", use_bias=False, kernel_initializer=start(stage),
            data_format="channels_last", dtype="float32", name=f"projector_{stage}",
        )  # fmt: skip
        made += [convolution, *normalized(stage)]
    return made


@keras.saving.register_keras_serializable(package="keras_distill")
class SimplifiedReuse(DistillationLoss):
    """Brings the student's features to the teacher's, whose classifier is then reused.

    Mean squared difference between the teacher's features before its classifier and the
    student's behind a projector: for maps 1×1 convolution to width / factor, 3×3, 1×1 to
    the teacher's width, each with BatchNormalization and ReLU; for vectors dense,
    BatchNormalization, ReLU, dense. Of two resolutions the larger is average-pooled.

    The projector is trained here, and what is to be shipped comes from `reused`: student,
    projector, and the teacher's layers behind `teacher_layer_name`. Train with this loss
    alone (`student_loss_weight=0.0`) and a student without a head, which would learn
    nothing from it. For maps name a teacher layer that ends in ReLU: below zero the
    projector cannot follow.

    Args:
        teacher_layer_name: Path of the teacher layer that feeds its classifier, best the
            last maps before pooling, e.g. `"stage_3"`.
        student_layer_name: Path of the student layer.
        factor: By how much the projector is narrower than the teacher's features, from
            1; 2 to 8 in the paper, lower is more accurate. Defaults to 2.
        seed: Seed of the projector's initial weights. Optional.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, height,
        width, channels)` or both `(batch, width)`: float32 `(batch,)`.

    Raises:
        ValueError: Ranks differ, or neither resolution is a multiple of the other.

    Example:

    ```python
    def features(width):
        image = keras.Input((8, 8, 3))
        maps = keras.layers.Conv2D(width, 3, activation="relu", name="maps")(image)
        return keras.Model(image, maps)

    student, body = features(4), features(16)
    head = keras.layers.GlobalAveragePooling2D()(body.output)
    teacher = keras.Model(body.input, keras.layers.Dense(10)(head))
    loss = kd.losses.SimplifiedReuse("maps", "maps")
    distiller = kd.Distiller(teacher, student, loss, student_loss_weight=0.0)
    distiller.compile("adam")
    x = np.random.rand(8, 8, 8, 3).astype("float32")
    distiller.fit(x, verbose=0)
    assert loss.reused(teacher, student).predict(x, verbose=0).shape == (8, 10)
    ```

    Reference:
        Chen et al., 2022, Knowledge Distillation with the Reused Teacher Classifier,
        https://arxiv.org/abs/2203.14001
    """

    def __init__(self, teacher_layer_name, student_layer_name, factor=2, seed=None, **kwargs):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        if not isinstance(factor, int) or isinstance(factor, bool) or factor < 1:
            raise ValueError(f"`factor` must be an integer from 1. Received: factor={factor!r}.")
        self.factor = factor
        self.seed = seed
        self._projector = []

    def build(self, teacher_outputs_shape, student_outputs_shape):
        teacher, student = teacher_outputs_shape, student_outputs_shape
        pooling = pool_sizes(student, teacher) if len(student) == 4 else (1, 1)
        self._projector = projector_layers(
            teacher[-1], self.factor, len(student), pooling, self.seed
        )
        shape = tuple(student)
        for layer in self._projector:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, teacher_outputs, student_outputs, training=None):
        self.check(teacher_outputs, student_outputs)
        teacher, student = ops.stop_gradient(teacher_outputs), student_outputs
        for layer in self._projector:
            normalizes = isinstance(layer, keras.layers.BatchNormalization)
            student = layer(student, **({"training": training} if normalizes else {}))
        if len(student.shape) == 4:
            teacher, student = common_resolution(teacher, student)
        return feature_distance(teacher, student)

    def reused(self, teacher, student):
        """The model to ship: student, projector, and the rest of the teacher, frozen.

        Args:
            teacher: The teacher, a Functional or Sequential model.
            student: The trained student, the same.

        Returns:
            A Functional `keras.Model` of the two models' own kinds of layers and stock ones. It
            has copies of all weights: neither teacher, student nor this loss changes with it.

        Raises:
            ValueError: The projector is not trained, a model is subclassed, or a layer is
                inside a nested model or passed by.
        """
        if not self.built:
            raise ValueError(
                "`reused` needs the trained projector. Received: a SimplifiedReuse that has not "
                "been built. Train a Distiller with it first."
            )
        return joined_models(
            student, self.student_layer_name, self._projector, teacher, self.teacher_layer_name
        )

    def check(self, teacher_outputs, student_outputs):
        teacher, student = tuple(teacher_outputs.shape), tuple(student_outputs.shape)
        received = (
            f"Received: teacher layer '{self.teacher_layer_name}' of shape {teacher}, student "
            f"layer '{self.student_layer_name}' of shape {student}."
        )
        if len(teacher) != len(student) or len(teacher) not in (2, 4):
            raise ValueError(
                "SimplifiedReuse compares maps (batch, height, width, channels) with maps, or "
                f"vectors (batch, width) with vectors. {received} Choose two layers of equal rank."
            )
        if len(teacher) == 4 and not resolutions_fit(teacher, student):
            raise ValueError(
                "SimplifiedReuse pools the larger map to the smaller, so one size must be a "
                f"multiple of the other. {received} Choose another pair of layers, or resize one "
                "model's input."
            )

    def get_config(self):
        return {**super().get_config(), "factor": self.factor, "seed": self.seed}
