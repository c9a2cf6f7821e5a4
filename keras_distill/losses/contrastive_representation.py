"""Contrastive representation distillation (CRD), with a memory bank or within the batch."""

import math

import keras
from keras import ops
from keras.src.backend.common.symbolic_scope import in_symbolic_scope

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.memory_bank import MemoryBank
from keras_distill.losses.unit_length import unit_length


def noise_contrast(positive, negative, log_constant):
    """Noise-contrastive estimation: tells one true partner from m drawn ones.

    Args:
        positive: Scores s (products over the temperature) of true pairs, `(batch,)`.
        negative: Scores of drawn pairs, `(batch, m)`.
        log_constant: The logarithm of a mean of exp(s).

    Returns:
        float32 `(batch,)`: −log h(positive) − Σ log(1 − h(negative)), with
        h(s) = exp(s) / (exp(s) + m · constant).
    """
    # h is a sigmoid: with softplus nothing is ever the logarithm of 0.
    shift = ops.cast(log_constant, "float32") + math.log(negative.shape[-1])
    return ops.softplus(shift - positive) + ops.sum(ops.softplus(negative - shift), axis=-1)


def batch_contrast(anchors, others, temperature):
    """Cross-entropy of finding an anchor's partner among all the batch's.

    Args:
        anchors: `(batch, dimension)`, of length 1.
        others: The same; row i is the partner of anchor i.
        temperature: Above 0.

    Returns:
        float32 `(batch,)`; 0 for a batch of one.
    """
    scores = ops.matmul(anchors, ops.transpose(others)) / temperature
    own = ops.sum(anchors * others, axis=-1) / temperature
    return ops.logsumexp(scores, axis=-1) - own


@keras.saving.register_keras_serializable(package="keras_distill")
class ContrastiveRepresentation(DistillationLoss):
    """Teaches the student to recognize the teacher's features of the same example (CRD).

    Two projections bring both features, flattened, to `dimension` numbers of length 1;
    pairs of one example score high, others low: s = ⟨t, s⟩ / temperature. Use it on the
    features before the classifier, beside the labels, with a weight near 0.8.

    With `examples`, each side remembers every training example's last projections, a
    moving average, and an example meets its own remembered partner and `negatives`
    others, drawn anew from `seed` and the step: h(s) = exp(s) / (exp(s) + m · c), c the
    mean of exp(s) in the first batch; the loss is −log h(positive) − Σ log(1 − h(negative)),
    student against remembered teacher plus teacher against remembered student. What is
    remembered changes in training only. Every example needs to be known: `sample_ids`
    from 0 to `examples` − 1. Memory: 2 × examples × dimension numbers, and
    batch × (examples + negatives) scores.

    With `examples=None` nothing is remembered: an example's partner is told from those
    of the others in the batch by cross-entropy, both ways (InfoNCE with the same
    scores). No ids are needed; it wants large batches.

    Args:
        teacher_layer_name: Path of the teacher layer, e.g. `"global_pooling"`.
        student_layer_name: Path of the student layer.
        examples: The number of training examples, from 2, or `None` (default).
        negatives: How many others an example meets, from 1. Usually 4,096 to 16,384;
            without effect where `examples` is `None`. Defaults to 16384.
        dimension: Width of the projections. Defaults to 128.
        temperature: Above 0; 0.05 to 0.1 are usual. Defaults to 0.07.
        momentum: How much of the remembered stays, in [0, 1). Defaults to 0.5.
        seed: Seed of projections, memory and negatives: an integer from 0. Defaults
            to 0.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_features, student_features)`, both `(batch, ...)`:
        float32 `(batch,)`.

    Raises:
        ValueError: With `examples`, when no `sample_ids` are given.

    Example:

    ```python
    t, s = np.random.rand(4, 16), np.random.rand(4, 5)
    assert kd.losses.ContrastiveRepresentation("pool", "pool")(t, s).shape == (4,)
    loss = kd.losses.ContrastiveRepresentation("pool", "pool", examples=100, negatives=32)
    assert loss(t, s, sample_ids=np.array([7, 1, 42, 0]), training=True).shape == (4,)
    ```

    Reference:
        Tian et al., 2020, Contrastive Representation Distillation,
        https://arxiv.org/abs/1910.10699
    """

    def __init__(
        self,
        teacher_layer_name,
        student_layer_name,
        examples=None,
        negatives=16384,
        dimension=128,
        temperature=0.07,
        momentum=0.5,
        seed=0,
        **kwargs,
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        for name, value, least in (
            ("examples", examples, 2),
            ("negatives", negatives, 1),
            ("dimension", dimension, 1),
            ("seed", seed, 0),
        ):
            fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
            if not fits and not (name == "examples" and value is None):
                raise ValueError(
                    f"`{name}` must be an integer from {least}"
                    f"{', or None' if name == 'examples' else ''}. Received: {name}={value!r}."
                )
        if not isinstance(temperature, (int, float)) or not 0 < temperature < float("inf"):
            raise ValueError(
                f"`temperature` must be a number above 0. Received: temperature={temperature!r}."
            )
        if not isinstance(momentum, (int, float)) or not 0 <= momentum < 1:
            raise ValueError(
                f"`momentum` must be a number in [0, 1). Received: momentum={momentum!r}."
            )
        self.examples = examples
        self.negatives = negatives
        self.dimension = dimension
        self.temperature = temperature
        self.momentum = momentum
        self.seed = seed

    def build(self, teacher_outputs_shape, student_outputs_shape):
        self._projections = []
        for index, (who, shape) in enumerate(
            (("teacher", teacher_outputs_shape), ("student", student_outputs_shape))
        ):
            projection = keras.layers.Dense(
                self.dimension,
                kernel_initializer=keras.initializers.GlorotUniform(seed=self.seed + index),
                dtype="float32",
                name=f"{who}_projection",
            )
            projection.build((None, math.prod(shape[1:])))
            self._projections.append(projection)
        if self.examples is not None:
            self._bank = MemoryBank(
                self.examples, self.dimension, self.momentum, self.seed + 2, name="bank"
            )

    def call(self, teacher_outputs, student_outputs, step=0, sample_ids=None, training=None):
        self.check(teacher_outputs, student_outputs)
        teacher, student = (
            unit_length(projection(ops.reshape(each, (-1, math.prod(each.shape[1:])))))
            for projection, each in zip(
                self._projections,
                (ops.stop_gradient(teacher_outputs), student_outputs),
                strict=True,
            )
        )
        if self.examples is None:
            there = batch_contrast(student, teacher, self.temperature)
            return there + batch_contrast(teacher, student, self.temperature)
        # A Distiller asks for shapes before it has seen any data.
        if sample_ids is None and in_symbolic_scope():
            sample_ids = ops.zeros(ops.shape(student)[:1], "int32")
        elif sample_ids is None:
            self.check_ids(None)
        ids = ops.cast(sample_ids, "int32")
        others = self._bank.others(ids, self.negatives, step)
        rows = ops.concatenate([ops.expand_dims(ids, 1), others], axis=1)
        scores = [each / self.temperature for each in self._bank.products(teacher, student, rows)]
        constants = self._bank.constants(scores, keep=training)
        if training:
            self._bank.remember(ids, teacher, student)
        return sum(
            noise_contrast(each[:, 0], each[:, 1:], constants[index])
            for index, each in enumerate(scores)
        )

    def check_ids(self, sample_ids):
        if self.examples is None:
            return
        if sample_ids is None:
            raise ValueError(
                "ContrastiveRepresentation with a memory bank needs to know which example is "
                "which. Received: sample_ids=None. Attach ids with kd.teachers.attach(...), or "
                "pass examples=None to contrast within the batch."
            )
        if sample_ids.min() < 0 or sample_ids.max() >= self.examples:
            raise ValueError(
                "ContrastiveRepresentation keeps one row for each training example. Received: "
                f"examples={self.examples} and sample_ids from {sample_ids.min()} to "
                f"{sample_ids.max()}. Pass the size of the data set as `examples`."
            )

    def check(self, teacher_outputs, student_outputs):
        shapes = tuple(teacher_outputs.shape), tuple(student_outputs.shape)
        if any(len(shape) < 2 or None in shape[1:] for shape in shapes):
            raise ValueError(
                "ContrastiveRepresentation projects features (batch, ...) of known size. "
                f"Received: teacher layer '{self.teacher_layer_name}' of shape {shapes[0]}, "
                f"student layer '{self.student_layer_name}' of shape {shapes[1]}. Name layers "
                "after global pooling."
            )

    def get_config(self):
        return {
            **super().get_config(),
            "examples": self.examples,
            "negatives": self.negatives,
            "dimension": self.dimension,
            "temperature": self.temperature,
            "momentum": self.momentum,
            "seed": self.seed,
        }
