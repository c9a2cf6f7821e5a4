"""Review distillation: deep student features are fused into shallow ones on the way up."""

import keras
import numpy as np
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss


def hierarchical_context(teacher_features, student_features):
    """Mean squared difference at full size and pooled to 4 × 4, 2 × 2 and 1 × 1.

    Args:
        teacher_features: `(batch, height, width, channels)`.
        student_features: The same shape.

    Returns:
        float32 `(batch,)`: the levels, weighted 1, 1/2, 1/4, 1/8, over the sum of the
        weights. Levels not smaller than the map are left out.
    """
    teacher = ops.cast(ops.stop_gradient(teacher_features), "float32")
    # Pooling is linear: the difference is pooled once instead of both.
    difference = ops.cast(student_features, "float32") - teacher
    total, weights, weight = _mean_square(difference), 1.0, 1.0
    for size in (4, 2, 1):
        if size < max(difference.shape[1:3]):
            weight /= 2
            weights += weight
            total = total + weight * _mean_square(_pooled(difference, size))
    return total / weights


def _mean_square(x):
    return ops.mean(ops.square(x), axis=(1, 2, 3))


def _pooled(features, size):
    """Average-pooled to at most size × size; cells may share a row where it does not divide."""
    for axis in (1, 2):
        length = features.shape[axis]
        cells = min(size, length)
        matrix = np.zeros((cells, length), "float32")
        for cell in range(cells):
            first, last = cell * length // cells, -(-(cell + 1) * length // cells)
            matrix[cell, first:last] = 1 / (last - first)
        pattern = "rh,bhwc->brwc" if axis == 1 else "rw,bhwc->bhrc"
        features = ops.einsum(pattern, ops.convert_to_tensor(matrix), features)
    return features


def _resized(features, height, width):
    """Nearest neighbours: each new position takes the old one it falls into."""
    for axis, size in ((1, height), (2, width)):
        length = features.shape[axis]
        if length != size:
            features = ops.take(features, np.arange(size) * length // size, axis=axis)
    return features


def _as_map(features):
    """Vectors are maps of one position."""
    return features[:, None, None, :] if len(features.shape) == 2 else features


@keras.saving.register_keras_serializable(package="keras_distill")
class ReviewDistillation(DistillationLoss):
    """Lets several teacher stages teach each student stage, the deep ones first.

    The student's layers are gone through from deep to shallow. Each is brought to
    `mid_channels` by a 1×1 convolution; what came from the deeper ones is resized to it
    (nearest neighbour), and the two are mixed by two attention maps that a 1×1
    convolution with sigmoid reads from both. A 3×3 convolution brings the mixture to the
    teacher layer's channels. The loss is the sum over layers of the hierarchical context
    loss: mean squared differences at full size and pooled to 4, 2 and 1, weighted
    1, 1/2, 1/4, 1/8, over the sum of the weights.

    All convolutions belong to this loss and are never part of the student. Weights of
    0.6 to 8 are usual.

    Args:
        teacher_layer_name: List of paths of teacher layers, from shallow to deep, e.g.
            `["stage_1", "stage_2", "stage_3"]`. Vectors count as maps of one position.
        student_layer_name: List of as many student layers. Where a map's size differs
            from the teacher's it is resized, nearest neighbour.
        mid_channels: Channels of the fusion, from 1; 64 to 512 are usual. `None`
            (default): those of the student's deepest layer, 512 at most.
        seed: Seed of the initial weights. Optional.
        **kwargs: `name`.

    Returns:
        When called on two lists of features `(batch, height, width, channels)`:
        float32 `(batch,)`.

    Raises:
        ValueError: The lists differ in length, or a layer puts out no maps of known size.

    Example:

    ```python
    review = kd.losses.ReviewDistillation(["stage_1", "stage_2"], ["block_1", "block_2"])
    teacher = [np.ones((2, 8, 8, 6)), np.ones((2, 4, 4, 12))]
    student = [np.ones((2, 8, 8, 3)), np.ones((2, 4, 4, 5))]
    assert review(teacher, student).shape == (2,)
    ```

    Reference:
        Chen et al., 2021, Distilling Knowledge via Knowledge Review,
        https://arxiv.org/abs/2104.09044
    """

    def __init__(
        self, teacher_layer_name, student_layer_name, mid_channels=None, seed=None, **kwargs
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        lists = teacher_layer_name, student_layer_name
        if any(not isinstance(each, (list, tuple)) or not each for each in lists) or (
            len(lists[0]) != len(lists[1])
        ):
            raise ValueError(
                "ReviewDistillation takes two lists of layer paths of equal length, from shallow "
                f"to deep. Received: teacher_layer_name={teacher_layer_name!r}, "
                f"student_layer_name={student_layer_name!r}. Name as many student layers as "
                "teacher layers."
            )
        number = isinstance(mid_channels, int) and not isinstance(mid_channels, bool)
        if mid_channels is not None and not (number and mid_channels >= 1):
            raise ValueError(
                "`mid_channels` must be an integer from 1, or None. "
                f"Received: mid_channels={mid_channels!r}."
            )
        self.mid_channels = mid_channels
        self.seed = seed

    def build(self, teacher_outputs_shape, student_outputs_shape):
        middle = self.mid_channels or min(512, student_outputs_shape[-1][-1])
        self._inward, self._attention, self._outward = [], [], []
        deepest = len(student_outputs_shape) - 1
        for index, (teacher, student) in enumerate(
            zip(teacher_outputs_shape, student_outputs_shape, strict=True)
        ):
            self._inward.append(self._block(middle, 1, student[-1], f"inward_{index}", index))
            self._outward.append(self._block(teacher[-1], 3, middle, f"outward_{index}", index))
            if index < deepest:
                mixing = self._convolution(2, 1, f"attention_{index}", index, True, "sigmoid")
                mixing.build((None, None, None, 2 * middle))
                self._attention.append(mixing)

    def _convolution(self, channels, size, name, index, use_bias=False, activation=None):
        # One seed would make equal shapes start equal.
        seed = None if self.seed is None else self.seed + 10 * index + size
        return keras.layers.Conv2D(
            channels, size, padding="same", use_bias=use_bias, activation=activation,
            kernel_initializer=keras.initializers.HeNormal(seed=seed), dtype="float32",
            data_format="channels_last", name=name,
        )  # fmt: skip

    def _block(self, channels, size, channels_in, name, index):
        convolution = self._convolution(channels, size, name, index)
        convolution.build((None, None, None, channels_in))
        normalization = keras.layers.BatchNormalization(dtype="float32", name=f"{name}_norm")
        normalization.build((None, None, None, channels))
        return [convolution, normalization]

    def call(self, teacher_outputs, student_outputs, training=None):
        self.check(teacher_outputs, student_outputs)
        total, deeper = 0.0, None
        for index in reversed(range(len(student_outputs))):
            teacher, student = _as_map(teacher_outputs[index]), _as_map(student_outputs[index])
            fused = _through(self._inward[index], student, training)
            if deeper is not None:
                deeper = _resized(deeper, *fused.shape[1:3])
                weights = self._attention[index](ops.concatenate([fused, deeper], axis=-1))
                fused = fused * weights[..., :1] + deeper * weights[..., 1:]
            deeper = fused
            own = _resized(fused, *teacher.shape[1:3])
            own = _through(self._outward[index], own, training)
            total = total + hierarchical_context(teacher, own)
        return total

    def check(self, teacher_outputs, student_outputs):
        for who, paths, outputs in (
            ("teacher", self.teacher_layer_name, teacher_outputs),
            ("student", self.student_layer_name, student_outputs),
        ):
            if not isinstance(outputs, (list, tuple)) or len(outputs) != len(paths):
                received = len(outputs) if isinstance(outputs, (list, tuple)) else "one, no list"
                raise ValueError(
                    f"ReviewDistillation expects the features of {len(paths)} {who} layers as a "
                    f"list. Received: {received}. Pass one for each of {list(paths)}."
                )
            for path, each in zip(paths, outputs, strict=True):
                if len(each.shape) not in (2, 4) or None in each.shape[1:]:
                    raise ValueError(
                        "ReviewDistillation compares maps (batch, height, width, channels) or "
                        f"vectors of known size. Received: {who} layer '{path}' of shape "
                        f"{tuple(each.shape)}. Fix the model's input size, or name another layer."
                    )

    def get_config(self):
        return {
            **super().get_config(),
            "teacher_layer_name": list(self.teacher_layer_name),
            "student_layer_name": list(self.student_layer_name),
            "mid_channels": self.mid_channels,
            "seed": self.seed,
        }


def _through(block, features, training):
    convolution, normalization = block
    return normalization(convolution(features), training=training)
