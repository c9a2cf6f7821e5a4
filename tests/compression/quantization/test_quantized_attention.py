import keras
import numpy as np
import pytest

from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.quantization.quantized_attention import (
    explicit_attention,
    is_attention,
)

KINDS = {
    "multi head": lambda **keywords: keras.layers.MultiHeadAttention(2, 4, **keywords),
    "grouped": lambda **keywords: keras.layers.GroupQueryAttention(4, 4, 2, **keywords),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("arguments", [{}, {"use_causal_mask": True}, {"attention_mask": True}])
def test_without_quantizers_it_is_keras_own_attention(kind, dropout, arguments):
    layer = KINDS[kind](dropout=dropout)
    rng = np.random.default_rng(0)
    query, value = (rng.normal(size=(3, n, 8)).astype("float32") for n in (5, 5))
    if "attention_mask" in arguments:
        arguments = {"attention_mask": np.tril(np.ones((3, 5, 5), bool))}
    expected = layer(query, value, **arguments)
    places = []

    def note(place, values):
        places.append(place)
        return values

    with replaced_calls({layer: explicit_attention(layer, note)}, "_compute_attention"):
        np.testing.assert_allclose(layer(query, value, **arguments), expected, atol=1e-6)
    assert places == ["query", "probabilities", "context"]


def test_scores_are_given_back_where_asked_for():
    layer = keras.layers.MultiHeadAttention(2, 4)
    x = np.ones((1, 5, 8), "float32")
    layer(x, x)
    with replaced_calls({layer: explicit_attention(layer)}, "_compute_attention"):
        _, scores = layer(x, x, return_attention_scores=True)
    np.testing.assert_allclose(scores, np.full((1, 2, 5, 5), 0.2), atol=1e-6)


def test_what_is_attention():
    class Own(keras.layers.MultiHeadAttention):
        def _compute_attention(self, *args, **kwargs):
            return super()._compute_attention(*args, **kwargs)

    assert all(is_attention(make()) for make in KINDS.values())
    assert not is_attention(Own(2, 4))
    assert not is_attention(keras.layers.Dense(2))
