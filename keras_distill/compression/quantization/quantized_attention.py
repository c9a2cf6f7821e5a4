"""Attention whose products are between 8-bit numbers."""

import keras
from keras import ops

_KINDS = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention)


def is_attention(layer):
    """Whether a layer computes attention as Keras's MultiHeadAttention or grouped one does."""
    return any(
        isinstance(layer, kind) and type(layer)._compute_attention is kind._compute_attention
        for kind in _KINDS
    )


def explicit_attention(layer, quantize=lambda name, values: values):
    """A replacement for the method `_compute_attention` of one attention layer.

    Keras's own fuses the two products where it can and shows nothing of what is between them.

    Args:
        layer: the MultiHeadAttention or GroupQueryAttention.
        quantize: function of a place ("query", "probabilities", "context") and its values.

    Returns:
        A function for `replaced_calls`.
    """

    def attend(
        original,
        query,
        key,
        value,
        attention_mask=None,
        training=None,
        return_attention_scores=False,
        use_causal_mask=False,
    ):
        if use_causal_mask:
            causal = layer._compute_causal_mask(query, value)
            attention_mask = (
                causal
                if attention_mask is None
                else ops.logical_and(ops.cast(attention_mask, "bool"), causal)
            )
        grouped = isinstance(layer, keras.layers.GroupQueryAttention)
        scale = layer._inverse_sqrt_head_dim if grouped else layer._inverse_sqrt_key_dim
        query = quantize("query", ops.multiply(query, ops.cast(scale, query.dtype)))
        terms = (query, key) if grouped else (key, query)
        scores = ops.einsum(layer._dot_product_equation, *terms)
        scores = layer._masked_softmax(scores, attention_mask)
        scores = quantize("probabilities", scores)
        kept = layer._dropout_layer(scores, training=training)
        context = ops.einsum(layer._combine_equation, kept, value)
        return quantize("context", context), scores

    return attend
