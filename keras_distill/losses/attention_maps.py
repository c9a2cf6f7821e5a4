"""Attention scores, head by head: TinyBERT's."""

import keras
from keras import ops

from keras_distill.losses.attention_projections import (
    check_projections,
    counted_positions,
    projection_paths,
    scaled_products,
)
from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.layer_pairs import layer_pairs

_READ = ("query", "key")


def attention_score_distance(teacher, student, mask=None, causal=False):
    """Mean squared difference of QKᵀ/√d over heads and the positions a token may see.

    Args:
        teacher: Queries and keys, `(batch, tokens, heads, size)` each.
        student: The same; the size may differ.
        mask: `(batch, tokens)`, true where a token counts. Optional.
        causal: Whether a token sees itself and earlier ones only.

    Returns:
        float32 `(batch, tokens)`; 0 for padding.
    """
    teacher, student = scaled_products(*teacher), scaled_products(*student)
    squares = ops.square(student - teacher)
    counts = counted_positions(squares, mask, causal)
    if counts is None:
        return ops.mean(squares, axis=(1, 3))
    number = ops.sum(ops.cast(counts, "float32"), axis=-1)
    total = ops.sum(ops.where(counts, squares, 0.0), axis=-1)
    return ops.mean(total / ops.maximum(number, 1.0), axis=1)


@keras.saving.register_keras_serializable(package="keras_distill")
class AttentionMaps(DistillationLoss):
    """Lets student layers attend to what teacher layers attend to, head by head.

    For transformers, beside `HiddenStates`. The scores QKᵀ/√d are compared before the
    softmax, which the paper finds to converge faster; d is each model's own size of a
    head, so widths may differ, and the number of heads may not. Pairs are added up. For
    each token it is the mean over heads and over the tokens that it may see: padding, by
    the student's mask, leaves rows and columns.

    Name the attention layers; the loss itself reads their projections (`".../query"` and
    `".../key"`), as `keras.layers.MultiHeadAttention` and KerasHub's
    `CachedMultiHeadAttention` name them. Attention that turns its queries afterwards
    (rotary embeddings) is compared before that turn.
    `precompute(..., features=loss.teacher_layer_name)` keeps what this loss compares.

    Args:
        layer_map: `{teacher path: student path}` of self-attention layers, e.g.
            `{"bert_backbone/transformer_layer_3/self_attention_layer":
            "bert_backbone/transformer_layer_0/self_attention_layer"}` (`self_attention` in
            GPT-2), or a list of such pairs, in which a layer may stand more than once.
        causal: Whether tokens see themselves and earlier ones only, as in GPT-2.
            Defaults to `False`.
        **kwargs: `name`.

    Returns:
        When called on two lists of queries and keys `(batch, tokens, heads, size)`, a
        query and a key for each pair: float32 `(batch, tokens)`.

    Raises:
        ValueError: The map is empty, a layer has no such projections, or heads or tokens
            differ in number.

    Example:

    ```python
    loss = kd.losses.AttentionMaps({"layer_3/attention": "layer_1/attention"})
    teacher = [np.ones((2, 7, 4, 16)), np.ones((2, 7, 4, 16))]
    student = [np.zeros((2, 7, 4, 5)), np.zeros((2, 7, 4, 5))]
    assert loss(teacher, student).shape == (2, 7)
    ```

    Reference:
        Jiao et al., 2020, TinyBERT: Distilling BERT for Natural Language Understanding,
        https://arxiv.org/abs/1909.10351
    """

    def __init__(self, layer_map, causal=False, **kwargs):
        pairs = layer_pairs("AttentionMaps", layer_map)
        teacher, student = (
            [path for each in side for path in projection_paths(each, _READ)]
            for side in zip(*pairs, strict=True)
        )
        super().__init__(teacher, student, **kwargs)
        if not isinstance(causal, bool):
            raise TypeError(f"`causal` must be True or False. Received: causal={causal!r}.")
        self.layer_map = pairs
        self.causal = causal

    def call(self, teacher_outputs, student_outputs, mask=None):
        self.check(teacher_outputs, student_outputs)
        return sum(
            attention_score_distance(teacher, student, mask, self.causal)
            for teacher, student in zip(
                _by_layer(teacher_outputs), _by_layer(student_outputs), strict=True
            )
        )

    def check(self, teacher_outputs, student_outputs):
        for pair, teacher, student in zip(
            self.layer_map, _by_layer(teacher_outputs), _by_layer(student_outputs), strict=True
        ):
            check_projections("AttentionMaps", pair, teacher, student)

    def get_config(self):
        config = super().get_config()
        del config["teacher_layer_name"], config["student_layer_name"]
        return {
            **config,
            "layer_map": [list(each) for each in self.layer_map],
            "causal": self.causal,
        }


def _by_layer(outputs):
    return [list(outputs[i : i + len(_READ)]) for i in range(0, len(outputs), len(_READ))]
