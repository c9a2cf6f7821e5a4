"""Hidden states of transformers, layer by layer: TinyBERT's and Patient KD's."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.feature_hint import feature_distance
from keras_distill.losses.layer_pairs import layer_pairs
from keras_distill.losses.shape_text import shape_text
from keras_distill.losses.unit_length import unit_length


def hidden_state_distance(teacher_states, student_states, normalize=False):
    """Mean squared difference, or the squared distance of vectors brought to length 1.

    Args:
        teacher_states: `(batch, tokens, width)`.
        student_states: The same shape.
        normalize: Whether each token's vector is brought to length 1 first.

    Returns:
        float32 `(batch, tokens)`; from 0 to 4 where normalized.
    """
    if not normalize:
        return feature_distance(teacher_states, student_states)
    difference = unit_length(student_states) - unit_length(teacher_states)
    return ops.sum(ops.square(difference), axis=-1)


@keras.saving.register_keras_serializable(package="keras_distill")
class HiddenStates(DistillationLoss):
    """Pulls the hidden states of student layers towards those of teacher layers.

    For transformers (and all that puts out one vector for each token), beside
    `SoftTargets`. TinyBERT's: `HiddenStates(layer_map)`, the mean squared difference after
    a projection learned during distillation; the embedding layers are two layers like any
    others, named in the map or in a loss of their own. Patient KD's:
    `HiddenStates(layer_map, projection=False, normalize=True, tokens="first")`, the
    squared distance of the first token's vectors, each brought to length 1.

    Pairs are added up. All pairs of the same two widths share one projection, as in
    TinyBERT's own code: the layers of a transformer write into one residual stream, and
    one matrix maps the student's to the teacher's. It belongs to this loss and is never
    part of the student. Padding leaves the mean, by the student's mask.

    A useful map spreads the teacher's layers evenly; a teacher of 12 for a student of 4:
    3 → 1, 6 → 2, 9 → 3, 12 → 4. `precompute(..., features=loss.teacher_layer_name)`
    keeps what this loss compares.

    Args:
        layer_map: `{teacher path: student path}`, e.g.
            `{"bert_backbone/transformer_layer_3": "bert_backbone/transformer_layer_0"}`,
            or a list of such pairs, in which a layer may stand more than once.
        projection: Whether to learn a projection (dense, with bias) from the student's
            width to the teacher's. Defaults to `True`.
        normalize: Whether vectors are brought to length 1, after the projection, and the
            squares summed instead of averaged. Defaults to `False`.
        tokens: `"all"` (default), or `"first"` for the first token of each example alone
            (BERT's `[CLS]`).
        seed: Seed of the projections' initial weights. Optional.
        **kwargs: `name`.

    Returns:
        When called on two lists of states `(batch, tokens, width)`: float32
        `(batch, tokens)`; `(batch,)` with `tokens="first"`.

    Raises:
        ValueError: The map is empty, layers differ in tokens or (without projection) in
            width, or put out no tokens.

    Example:

    ```python
    loss = kd.losses.HiddenStates({"layer_3": "layer_1", "layer_6": "layer_2"}, seed=0)
    teacher, student = [np.ones((2, 7, 8))] * 2, [np.zeros((2, 7, 3))] * 2
    assert loss(teacher, student).shape == (2, 7)
    ```

    Reference:
        Jiao et al., 2020, TinyBERT: Distilling BERT for Natural Language Understanding,
        https://arxiv.org/abs/1909.10351;
        Sun et al., 2019, Patient Knowledge Distillation for BERT Model Compression
        (`normalize`, `tokens`), https://arxiv.org/abs/1908.09355
    """

    def __init__(
        self, layer_map, projection=True, normalize=False, tokens="all", seed=None, **kwargs
    ):
        pairs = layer_pairs("HiddenStates", layer_map)
        super().__init__([t for t, _ in pairs], [s for _, s in pairs], **kwargs)
        for name, value in (("projection", projection), ("normalize", normalize)):
            if not isinstance(value, bool):
                raise TypeError(f"`{name}` must be True or False. Received: {name}={value!r}.")
        if tokens not in ("all", "first"):
            raise ValueError(f'`tokens` must be "all" or "first". Received: tokens={tokens!r}.')
        self.layer_map = pairs
        self.projection = projection
        self.normalize = normalize
        self.tokens = tokens
        self.seed = seed
        self._dense = {}

    def build(self, teacher_outputs_shape, student_outputs_shape):
        if not self.projection:
            return
        for teacher, student in zip(teacher_outputs_shape, student_outputs_shape, strict=True):
            widths = f"{student[-1]}_to_{teacher[-1]}"
            if widths not in self._dense:
                dense = keras.layers.Dense(
                    teacher[-1],
                    kernel_initializer=keras.initializers.GlorotUniform(seed=self.seed),
                    dtype="float32",
                    name=f"projection_{widths}",
                )
                dense.build((None, None, student[-1]))
                self._dense[widths] = dense

    def call(self, teacher_outputs, student_outputs):
        self.check(teacher_outputs, student_outputs)
        total = 0.0
        for teacher, student in zip(teacher_outputs, student_outputs, strict=True):
            if self.tokens == "first":
                teacher, student = teacher[:, :1], student[:, :1]
            if self.projection:
                student = self._dense[f"{student.shape[-1]}_to_{teacher.shape[-1]}"](student)
            total = total + hidden_state_distance(teacher, student, self.normalize)
        return total[:, 0] if self.tokens == "first" else total

    def check(self, teacher_outputs, student_outputs):
        pairs = zip(self.layer_map, teacher_outputs, student_outputs, strict=True)
        for (teacher_path, student_path), teacher, student in pairs:
            for who, path, each in (
                ("teacher", teacher_path, teacher),
                ("student", student_path, student),
            ):
                if not hasattr(each, "shape") or len(each.shape) != 3 or each.shape[-1] is None:
                    what = f"shape {shape_text(each)}" if hasattr(each, "shape") else "several"
                    raise ValueError(
                        "HiddenStates compares layers that put out (batch, tokens, width). "
                        f"Received: {who} layer '{path}' with outputs of {what}. Name a layer "
                        "that puts out one vector for each token."
                    )
            received = (
                f"Received: teacher layer '{teacher_path}' of shape {shape_text(teacher)}, student "
                f"layer '{student_path}' of shape {shape_text(student)}."
            )
            known = isinstance(teacher.shape[1], int) and isinstance(student.shape[1], int)
            if known and teacher.shape[1] != student.shape[1] and self.tokens == "all":
                raise ValueError(
                    f"HiddenStates compares token by token. {received} Give both models the same "
                    'tokens, or compare the first ones alone with tokens="first".'
                )
            if not self.projection and teacher.shape[-1] != student.shape[-1]:
                raise ValueError(
                    f"HiddenStates without projection compares states of equal width. {received} "
                    f"Pass projection=True to learn a {student.shape[-1]} → {teacher.shape[-1]} "
                    "mapping during distillation."
                )

    def get_config(self):
        config = super().get_config()
        del config["teacher_layer_name"], config["student_layer_name"]
        return {
            **config,
            "layer_map": [list(each) for each in self.layer_map],
            "projection": self.projection,
            "normalize": self.normalize,
            "tokens": self.tokens,
            "seed": self.seed,
        }
