"""Self-attention of one layer, with the relations of its values: MiniLM's."""

import keras
from keras import ops

from keras_distill.losses.attention_projections import (
    ROLES,
    check_projections,
    counted_positions,
    projection_paths,
    scaled_products,
)
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.soft_targets import soft_target_divergence


def relation_divergence(teacher, student, mask=None, causal=False):
    """KL divergence of softmax(left · rightᵀ / √size), row by row, mean over heads.

    Args:
        teacher: Left and right, `(batch, tokens, heads, size)` each.
        student: The same; the size may differ.
        mask: `(batch, tokens)`, true where a token counts. Optional.
        causal: Whether a token sees itself and earlier ones only.

    Returns:
        float32 `(batch, tokens)`; 0 for padding.
    """
    teacher, student = scaled_products(*teacher), scaled_products(*student)
    counts = counted_positions(teacher, mask, causal)
    if counts is not None:
        teacher, student = (ops.where(counts, each, -1e30) for each in (teacher, student))
    return ops.mean(soft_target_divergence(teacher, student, 1.0), axis=1)


@keras.saving.register_keras_serializable(package="keras_distill")
class ValueRelations(DistillationLoss):
    """Teaches one student layer how a teacher layer's tokens relate to each other.

    For transformers, when layers cannot be matched one by one: one layer each is compared,
    usually the last (MiniLMv2 takes one a little earlier in large teachers). The sum of two
    divergences, mean over heads: of the attention distributions softmax(QKᵀ/√d) and of the
    value relations softmax(VVᵀ/√d). Both are tokens × tokens, so that the student's width
    is free; its number of heads is the teacher's.

    `relation_heads` makes it MiniLMv2's: queries, keys and values are each cut anew into so
    many heads, and the relations Q–Q, K–K and V–V are compared, three divergences; more
    relation heads than attention heads are usual. Then the models' own numbers of heads are
    free too.

    Padding, by the student's mask, leaves rows and columns. The loss reads the layer's
    projections (`".../query"`, `".../key"`, `".../value"`), as
    `keras.layers.MultiHeadAttention` and KerasHub's `CachedMultiHeadAttention` name them.
    `precompute(..., features=loss.teacher_layer_name)` keeps what it compares.

    Args:
        teacher_layer_name: Path of the teacher's self-attention layer, e.g.
            `"bert_backbone/transformer_layer_5/self_attention_layer"`.
        student_layer_name: Path of the student's.
        relation_heads: From 1; both models' widths must be divisible by it. `None`
            (default): the heads as they are.
        causal: Whether tokens see themselves and earlier ones only, as in GPT-2.
            Defaults to `False`.
        **kwargs: `name`.

    Returns:
        When called on two lists of queries, keys and values `(batch, tokens, heads, size)`:
        float32 `(batch, tokens)`.

    Raises:
        ValueError: A layer has no such projections, tokens or (without `relation_heads`)
            heads differ in number, or a width is not divisible.

    Example:

    ```python
    loss = kd.losses.ValueRelations("layer_6/attention", "layer_3/attention")
    rng = np.random.default_rng(0)
    teacher, student = ([rng.normal(size=(2, 7, 4, size))] * 3 for size in (16, 5))
    assert loss(teacher, student).shape == (2, 7)
    ```

    Reference:
        Wang et al., 2020, MiniLM: Deep Self-Attention Distillation for Task-Agnostic
        Compression of Pre-Trained Transformers, https://arxiv.org/abs/2002.10957;
        Wang et al., 2021, MiniLMv2: Multi-Head Self-Attention Relation Distillation for
        Compressing Pretrained Transformers (`relation_heads`),
        https://arxiv.org/abs/2012.15828
    """

    def __init__(
        self, teacher_layer_name, student_layer_name, relation_heads=None, causal=False, **kwargs
    ):
        named = teacher_layer_name, student_layer_name
        if not all(isinstance(each, str) and each for each in named):
            raise ValueError(
                "ValueRelations compares one attention layer with one. Received: "
                f"teacher_layer_name={teacher_layer_name!r}, "
                f"student_layer_name={student_layer_name!r}. Name one layer of each model, "
                "usually the last."
            )
        super().__init__(*(projection_paths(each, ROLES) for each in named), **kwargs)
        number = isinstance(relation_heads, int) and not isinstance(relation_heads, bool)
        if relation_heads is not None and not (number and relation_heads >= 1):
            raise ValueError(
                "`relation_heads` must be an integer from 1, or None. "
                f"Received: relation_heads={relation_heads!r}."
            )
        if not isinstance(causal, bool):
            raise TypeError(f"`causal` must be True or False. Received: causal={causal!r}.")
        self.attention_layers = named
        self.relation_heads = relation_heads
        self.causal = causal

    def call(self, teacher_outputs, student_outputs, mask=None):
        self.check(teacher_outputs, student_outputs)
        relations = ((0, 1), (2, 2))
        if self.relation_heads is not None:
            teacher_outputs, student_outputs = (
                [self._cut(each) for each in outputs]
                for outputs in (teacher_outputs, student_outputs)
            )
            relations = ((0, 0), (1, 1), (2, 2))
        return sum(
            relation_divergence(
                (teacher_outputs[left], teacher_outputs[right]),
                (student_outputs[left], student_outputs[right]),
                mask,
                self.causal,
            )
            for left, right in relations
        )

    def _cut(self, projection):
        """`(batch, tokens, heads, size)` → `(batch, tokens, relation heads, …)`."""
        width = projection.shape[2] * projection.shape[3]
        batch, tokens = ops.shape(projection)[:2]
        size = width // self.relation_heads
        return ops.reshape(projection, (batch, tokens, self.relation_heads, size))

    def check(self, teacher_outputs, student_outputs):
        check_projections(
            "ValueRelations", self.attention_layers, teacher_outputs, student_outputs,
            same_heads=self.relation_heads is None,
        )  # fmt: skip
        for path, outputs in zip(
            self.attention_layers, (teacher_outputs, student_outputs), strict=True
        ):
            widths = {each.shape[2] * each.shape[3] for each in outputs}
            wrong = [w for w in widths if self.relation_heads and w % self.relation_heads]
            if wrong:
                raise ValueError(
                    "ValueRelations cuts widths into equal relation heads. Received: layer "
                    f"'{path}' of width {wrong[0]} for relation_heads={self.relation_heads}. "
                    "Choose a number that divides both models' widths."
                )

    def get_config(self):
        teacher, student = self.attention_layers
        return {
            **super().get_config(),
            "teacher_layer_name": teacher,
            "student_layer_name": student,
            "relation_heads": self.relation_heads,
            "causal": self.causal,
        }
