"""Variational information distillation: how much the student knows of the teacher."""

import math

import keras
from keras import ops

from keras_distill.losses.common_resolution import common_resolution, resolutions_fit
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.shape_text import shape_text


def gaussian_surprise(teacher_features, mean, variance):
    """Negative log-likelihood of features under Gaussians, without its constant.

    Args:
        teacher_features: `(batch, ..., width)`.
        mean: The same shape.
        variance: `(width,)`, above 0.

    Returns:
        float32 `(batch,)`, the mean over features of ((t − μ)² / σ² + log σ²) / 2;
        `(batch, tokens)` for sequences `(batch, tokens, width)`.
    """
    difference = ops.cast(mean, "float32") - ops.cast(teacher_features, "float32")
    variance = ops.cast(variance, "float32")
    values = 0.5 * (ops.square(difference) / variance + ops.log(variance))
    rank = len(values.shape)
    return ops.mean(values, axis=-1 if rank == 3 else tuple(range(1, rank)))


@keras.saving.register_keras_serializable(package="keras_distill")
class VariationalInformation(DistillationLoss):
    """Raises the mutual information between a student layer and a teacher layer.

    The student's features say what the teacher's are: a regressor of three 1×1
    convolutions (dense layers for vectors and tokens) gives the mean μ, and each teacher
    channel has a variance σ² of its own, the same at every position. The loss is the mean
    over features of ((t − μ)² / σ² + log σ²) / 2, so channels that cannot be told come to
    count less. It may fall below 0.

    Regressor and variances are learned during distillation, belong to this loss and are
    never part of the student. Of two resolutions the larger is average-pooled.

    Args:
        teacher_layer_name: Path of the teacher layer, e.g. `"backbone/stage_3"`.
        student_layer_name: Path of the student layer.
        mid_channels: Width between the regressor's convolutions, from 1. `None`
            (default): the teacher's.
        initial_variance: σ² to start with, above 1e-5; the usual 5.0 (default) lets the
            regressor learn before it is trusted.
        seed: Seed of the initial weights. Optional.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`: float32 `(batch,)`, or
        `(batch, tokens)` for sequences.

    Raises:
        ValueError: Ranks differ, or neither resolution is a multiple of the other.

    Example:

    ```python
    loss = kd.losses.VariationalInformation("stage_3", "block_2")
    assert loss(np.ones((2, 4, 4, 8)), np.ones((2, 4, 4, 3))).shape == (2,)
    ```

    Reference:
        Ahn et al., 2019, Variational Information Distillation for Knowledge Transfer,
        https://arxiv.org/abs/1904.05835
    """

    FLOOR = 1e-5

    def __init__(
        self,
        teacher_layer_name,
        student_layer_name,
        mid_channels=None,
        initial_variance=5.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        integer = isinstance(mid_channels, int) and not isinstance(mid_channels, bool)
        if mid_channels is not None and not (integer and mid_channels >= 1):
            raise ValueError(
                "`mid_channels` must be an integer from 1, or None. "
                f"Received: mid_channels={mid_channels!r}."
            )
        number = isinstance(initial_variance, (int, float))
        if not number or not self.FLOOR < initial_variance < 1e4:
            raise ValueError(
                "`initial_variance` must be a number above 1e-5 and below 1e4. "
                f"Received: initial_variance={initial_variance!r}. The usual one is 5.0."
            )
        self.mid_channels = mid_channels
        self.initial_variance = initial_variance
        self.seed = seed
        self._regressor = []

    def build(self, teacher_outputs_shape, student_outputs_shape):
        width = teacher_outputs_shape[-1]
        middle = self.mid_channels or width
        shape = tuple(student_outputs_shape)
        for index, units in enumerate((middle, middle, width)):
            seed = None if self.seed is None else self.seed + index
            # On the last axis a dense layer is a 1×1 convolution.
            layer = keras.layers.Dense(
                units, activation="relu" if index < 2 else None, dtype="float32",
                kernel_initializer=keras.initializers.HeNormal(seed=seed), name=f"mean_{index}",
            )  # fmt: skip
            layer.build(shape)
            self._regressor.append(layer)
            shape = (*shape[:-1], units)
        # softplus of it, plus the floor, is the variance: log(e^x − 1) without overflow.
        start = self.initial_variance - self.FLOOR
        start = start + math.log(-math.expm1(-start))
        self._scale = self.add_weight(
            shape=(width,), initializer=keras.initializers.Constant(start), name="scale"
        )

    def variance(self):
        """σ² of each teacher channel, float32 `(width,)`, once built."""
        return ops.softplus(self._scale) + self.FLOOR

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        teacher, mean = ops.stop_gradient(teacher_outputs), student_outputs
        if len(mean.shape) == 4:
            teacher, mean = common_resolution(teacher, mean)
        for layer in self._regressor:
            mean = layer(mean)
        return gaussian_surprise(teacher, mean, self.variance())

    def check(self, teacher_outputs, student_outputs):
        teacher, student = teacher_outputs.shape, student_outputs.shape
        fits = len(teacher) == len(student) and len(teacher) in (2, 3, 4)
        if fits and len(teacher) == 3:
            fits = None in (teacher[1], student[1]) or teacher[1] == student[1]
        if not fits or (len(teacher) == 4 and not resolutions_fit(teacher, student)):
            raise ValueError(
                "VariationalInformation compares maps of sizes where one is a multiple of the "
                "other, equally many tokens, or vectors. Received: teacher layer "
                f"'{self.teacher_layer_name}' of shape {shape_text(teacher_outputs)}, student "
                f"layer '{self.student_layer_name}' of shape {shape_text(student_outputs)}. "
                "Choose two layers of equal rank whose sizes fit."
            )

    def get_config(self):
        return {
            **super().get_config(),
            "mid_channels": self.mid_channels,
            "initial_variance": self.initial_variance,
            "seed": self.seed,
        }
