"""What an attention layer computes with: queries, keys, values, and the scores they make.

Keras's MultiHeadAttention puts out no scores, and with dropout 0 a fused kernel never makes
them; its projections are layers with names, and can be tapped.
"""

import math

from keras import ops

from keras_distill.losses.shape_text import shape_text

ROLES = ("query", "key", "value")


def projection_paths(attention_path, roles):
    """Paths of an attention layer's own projections, e.g. `".../query"`."""
    return [f"{attention_path}/{role}" for role in roles]


def scaled_products(left, right):
    """Left · rightᵀ / √size for each head, before any softmax.

    Args:
        left: `(batch, rows, heads, size)`.
        right: `(batch, columns, heads, size)`.

    Returns:
        float32 `(batch, heads, rows, columns)`.
    """
    left, right = ops.cast(left, "float32"), ops.cast(right, "float32")
    products = ops.einsum("brhs,bchs->bhrc", left, right)
    return products / math.sqrt(left.shape[-1])


def counted_positions(scores, mask, causal):
    """Which entries of the scores count; `None` where all do.

    Args:
        scores: `(batch, heads, tokens, tokens)`.
        mask: `(batch, tokens)`, true where a token counts, or `None`. Padding leaves both
            its row and its column.
        causal: Whether a token sees itself and earlier ones only.

    Returns:
        bool, of a shape that goes with the scores, or `None`.
    """
    counts = None
    if mask is not None:
        mask = ops.cast(mask, "bool")
        counts = ops.logical_and(mask[:, None, :, None], mask[:, None, None, :])
    if causal:
        at = ops.arange(ops.shape(scores)[-1])
        earlier = (at[None, :] <= at[:, None])[None, None]
        counts = earlier if counts is None else ops.logical_and(counts, earlier)
    return counts


def check_projections(name, pair, teacher, student, same_heads=True):
    """Raises ValueError unless the projections of two attention layers can be compared.

    Args:
        name: The loss's name.
        pair: Paths of the teacher's and of the student's attention layer.
        teacher: A list of the teacher's projections.
        student: The student's.
        same_heads: Whether both must have the same number of heads.
    """
    for who, path, projections in zip(
        ("teacher", "student"), pair, (teacher, student), strict=True
    ):
        heads = [each.shape[2] if len(each.shape) == 4 else None for each in projections]
        if None in heads or len(set(heads)) > 1 or None in [p.shape[3] for p in projections]:
            shapes = ", ".join(shape_text(each) for each in projections)
            raise ValueError(
                f"{name} reads queries, keys and values (batch, tokens, heads, size), of as many "
                f"heads each. Received: {who} layer '{path}' with projections of shapes {shapes}. "
                "Name a multi-head attention layer, such as keras.layers.MultiHeadAttention."
            )
    received = (
        f"Received: teacher layer '{pair[0]}' with projections of shape {shape_text(teacher[0])}, "
        f"student layer '{pair[1]}' of shape {shape_text(student[0])}."
    )
    tokens = {each.shape[1] for each in (*teacher, *student) if isinstance(each.shape[1], int)}
    if len(tokens) > 1:
        raise ValueError(
            f"{name} compares how tokens attend to tokens. {received} Give both models the same "
            "tokens, and name self-attention layers."
        )
    if same_heads and teacher[0].shape[2] != student[0].shape[2]:
        mend = (
            "pass relation_heads=..., which both widths can be divided by"
            if name == "ValueRelations"
            else "compare kd.losses.ValueRelations with relation_heads=... instead"
        )
        raise ValueError(
            f"{name} compares head by head. {received} Build the student with "
            f"{teacher[0].shape[2]} heads, or {mend}."
        )
