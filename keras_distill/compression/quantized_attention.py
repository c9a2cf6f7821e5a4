"""Attention whose products are between 8-bit numbers."""

import keras
from keras import ops


def is_attention(layer):
    """Whether a layer computes attention as `keras.layers.MultiHeadAttention` does."""
    own = keras.layers.MultiHeadAttention._compute_attention
    return (
        isinstance(layer, keras.layers.MultiHeadAttention) and type(layer)._compute_attention is own
    )


def explicit_attention(layer, quantize=lambda name, values: values):
    """A replacement for the method `_compute_attention` of one MultiHeadAttention.

    Keras's own fuses the two products where it can and shows nothing of what is between them.

    Args:
        layer: the MultiHeadAttention.
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
        scale = ops.cast(layer._inverse_sqrt_key_dim, query.dtype)
        query = quantize("query", ops.multiply(query, scale))
        scores = ops.einsum(layer._dot_product_equation, key, query)
        scores = layer._masked_softmax(scores, attention_mask)
        scores = quantize("probabilities", scores)
        kept = layer._dropout_layer(scores, training=training)
        context = ops.einsum(layer._combine_equation, kept, value)
        return quantize("context", context), scores

    return attend
