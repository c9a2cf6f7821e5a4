"""Factor transfer: the student translates itself into a paraphrase of the teacher."""

import keras
from keras import ops

from keras_distill.losses.common_resolution import common_resolution, resolutions_fit
from keras_distill.losses.convolution_blocks import convolution_blocks
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.shape_text import shape_text
from keras_distill.losses.unit_length import unit_length


def factor_difference(teacher_factors, student_factors, norm=1):
    """Difference of two factors, each flattened and brought to length 1.

    Args:
        teacher_factors: `(batch, height, width, channels)`.
        student_factors: The same shape.
        norm: 1 sums absolute differences, 2 squared ones.

    Returns:
        float32 `(batch,)`.
    """
    teacher, student = (
        unit_length(ops.reshape(each, (ops.shape(each)[0], -1)))
        for each in (ops.stop_gradient(teacher_factors), student_factors)
    )
    difference = student - teacher
    return ops.sum(ops.abs(difference) if norm == 1 else ops.square(difference), axis=-1)


@keras.saving.register_keras_serializable(package="keras_distill")
class FactorTransfer(DistillationLoss):
    """Compares what a translator makes of the student with a paraphrase of the teacher.

    The paraphraser is the first half of an autoencoder of the teacher's features, trained
    before; a translator of three 3×3 convolutions with normalization is learned during
    distillation and belongs to this loss. The loss is ‖f_student − f_teacher‖ between
    their factors f, each brought to length 1. Make the autoencoder with `autoencoder`,
    train it, and the loss uses its first half; without one the teacher's own features are
    its factors. Of two resolutions the larger is average-pooled.

    The authors' scripts take the mean of the absolute differences and the weight 500; for
    the sum, as here, that is a weight of 500 / size of the factor: 0.12 at 8 × 8 × 64.

    Args:
        teacher_layer_name: Path of the teacher layer, usually its last maps.
        student_layer_name: Path of the student layer.
        paraphrase_rate: Channels of the factor over those of the teacher, above 0; the
            paper tries 0.5 to 4. For `autoencoder` only. Defaults to 0.5.
        paraphraser: Instead of `autoencoder`, a trained Keras layer or model of your own
            from the teacher's features to maps. It is frozen. Optional.
        norm: 1 (default, the paper's choice): sum of absolute differences; 2: of squares.
        seed: Seed of the initial weights. Optional.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, height,
        width, channels)`: float32 `(batch,)`.

    Raises:
        ValueError: Features are no maps, or neither size is a multiple of the other.

    Example:

    ```python
    loss = kd.losses.FactorTransfer("stage_3", "block_2", paraphrase_rate=0.5)
    features = np.random.rand(8, 4, 4, 6).astype("float32")
    autoencoder = loss.autoencoder(features.shape[1:])
    autoencoder.compile("adam", "mse")
    autoencoder.fit(features, features, verbose=0)
    assert loss(features, np.ones((8, 4, 4, 3))).shape == (8,)
    ```

    Reference:
        Kim et al., 2018, Paraphrasing Complex Network: Network Compression via Factor
        Transfer, https://arxiv.org/abs/1802.04977
    """

    def __init__(
        self,
        teacher_layer_name,
        student_layer_name,
        paraphrase_rate=0.5,
        paraphraser=None,
        norm=1,
        seed=None,
        **kwargs,
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        number = isinstance(paraphrase_rate, (int, float)) and not isinstance(paraphrase_rate, bool)
        if not number or not 0 < paraphrase_rate < float("inf"):
            raise ValueError(
                "`paraphrase_rate` must be a number above 0. "
                f"Received: paraphrase_rate={paraphrase_rate!r}. The paper uses 0.5 to 4."
            )
        if paraphraser is not None and not isinstance(paraphraser, keras.Layer):
            raise TypeError(
                "`paraphraser` must be a Keras layer or model, or None. "
                f"Received: paraphraser={paraphraser!r}."
            )
        if norm not in (1, 2) or isinstance(norm, bool):
            raise ValueError(f"`norm` must be 1 or 2. Received: norm={norm!r}.")
        self.paraphrase_rate = paraphrase_rate
        self.paraphraser = paraphraser
        self.norm = norm
        self.seed = seed

    def autoencoder(self, shape):
        """A model to train on the teacher's features; this loss takes its first half.

        Args:
            shape: `(height, width, channels)` of the teacher's features.

        Returns:
            An uncompiled `keras.Model` from features to features: fit it with
            `fit(features, features)` and squared error before the loss is used.

        Raises:
            ValueError: The loss has a paraphraser already, or has been used.
        """
        if self.paraphraser is not None or self.built:
            raise ValueError(
                "`autoencoder` makes the paraphraser of a new FactorTransfer. Received: one that "
                "has a paraphraser or has been used. Make another FactorTransfer."
            )
        channels = shape[-1]
        factors = max(1, round(self.paraphrase_rate * channels))
        first = (channels, factors, factors)
        layers = convolution_blocks(first, "paraphraser", self.seed)
        self.paraphraser = keras.Sequential([keras.Input(shape), *layers], name="paraphraser")
        last = convolution_blocks(
            (factors, channels, channels), "decoder", self.seed, keras.layers.Conv2DTranspose
        )
        return keras.Sequential([keras.Input(shape), self.paraphraser, *last], name="autoencoder")

    def build(self, teacher_outputs_shape, student_outputs_shape):
        shape = tuple(teacher_outputs_shape)
        if self.paraphraser is not None:
            self.paraphraser.trainable = False
            if not self.paraphraser.built:
                self.paraphraser.build(shape)
            shape = self.paraphraser.compute_output_shape(shape)
        self._translator = convolution_blocks(
            (student_outputs_shape[-1], shape[-1], shape[-1]), "translator", self.seed
        )
        shape = tuple(student_outputs_shape)
        for layer in self._translator:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, teacher_outputs, student_outputs, training=None):
        self.check(teacher_outputs, student_outputs)
        teacher, student = teacher_outputs, student_outputs
        if self.paraphraser is not None:
            teacher = self.paraphraser(teacher, training=False)
        for layer in self._translator:
            normalizes = isinstance(layer, keras.layers.BatchNormalization)
            student = layer(student, **({"training": training} if normalizes else {}))
        return factor_difference(*common_resolution(teacher, student), self.norm)

    def check(self, teacher_outputs, student_outputs):
        teacher, student = teacher_outputs.shape, student_outputs.shape
        if len(teacher) == 4 and self.paraphraser is not None:
            teacher = self.paraphraser.compute_output_shape(tuple(teacher))
        if {len(teacher), len(student)} != {4} or not resolutions_fit(teacher, student):
            raise ValueError(
                "FactorTransfer compares maps (batch, height, width, channels) of sizes where one "
                f"is a multiple of the other. Received: teacher layer '{self.teacher_layer_name}' "
                f"of shape {shape_text(teacher_outputs)}, student layer "
                f"'{self.student_layer_name}' of shape {shape_text(student_outputs)}. Name layers "
                "before pooling whose sizes fit."
            )

    def get_config(self):
        paraphraser = self.paraphraser
        return {
            **super().get_config(),
            "paraphrase_rate": self.paraphrase_rate,
            "paraphraser": paraphraser and keras.saving.serialize_keras_object(paraphraser),
            "norm": self.norm,
            "seed": self.seed,
        }
