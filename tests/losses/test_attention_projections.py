"""Scores out of projections, and which of them count."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses.attention_projections import (
    check_projections,
    counted_positions,
    projection_paths,
    scaled_products,
)


def test_paths_are_keras_own_names():
    assert projection_paths("block/attention", ("query", "key")) == [
        "block/attention/query",
        "block/attention/key",
    ]
    layer = keras.layers.MultiHeadAttention(2, 3, name="attention")
    layer(np.zeros((1, 4, 5)), np.zeros((1, 4, 5)))
    assert {"query", "key", "value"} <= {each.name for each in layer._layers}


@pytest.mark.parametrize("causal", [False, True])
def test_softmax_of_the_scores_is_what_keras_attends_with(causal):
    layer = keras.layers.MultiHeadAttention(2, 3)
    x = np.random.default_rng(0).normal(size=(2, 4, 5)).astype("float32")
    mask = np.array([[1, 1, 1, 0], [1, 1, 1, 1]], bool)
    _, wanted = layer(
        x, x, attention_mask=mask[:, None, :], use_causal_mask=causal, return_attention_scores=True
    )
    scores = scaled_products(layer._query_dense(x), layer._key_dense(x))
    counts = counted_positions(scores, mask, causal)
    made = keras.ops.softmax(keras.ops.where(counts, scores, -1e30), axis=-1)
    # A row of padding is left out here, not in Keras.
    rows = mask[:, None, :, None]
    np.testing.assert_allclose(np.where(rows, made, 0), np.where(rows, wanted, 0), atol=1e-6)


def test_what_counts():
    scores = np.zeros((2, 1, 3, 3))
    assert counted_positions(scores, None, False) is None
    causal = np.array(counted_positions(scores, None, True))
    np.testing.assert_array_equal(causal[0, 0], np.tril(np.ones((3, 3))))
    counts = np.array(counted_positions(scores, np.array([[1, 1, 0], [1, 0, 0]]), True))
    np.testing.assert_array_equal(counts[0, 0], [[1, 0, 0], [1, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(counts[1, 0], [[1, 0, 0], [0, 0, 0], [0, 0, 0]])


def test_projections_that_cannot_be_compared():
    def check(teacher, student, name="AttentionMaps", **arguments):
        pair = ("t/attention", "s/attention")
        check_projections(name, pair, *([np.zeros(each)] * 2 for each in (teacher, student)),
                          **arguments)  # fmt: skip

    check((2, 5, 4, 8), (2, 5, 4, 3))
    check((2, 5, 4, 8), (2, 5, 2, 3), same_heads=False)
    sentence = (
        "AttentionMaps reads queries, keys and values (batch, tokens, heads, size), of as many "
        "heads each. Received: student layer 's/attention' with projections of shapes (2, 5, 12), "
        "(2, 5, 12). Name a multi-head attention layer, such as keras.layers.MultiHeadAttention."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check((2, 5, 4, 8), (2, 5, 12))
    sentence = (
        "AttentionMaps compares how tokens attend to tokens. Received: teacher layer 't/attention' "
        "with projections of shape (2, 5, 4, 8), student layer 's/attention' of shape (2, 6, 4, 3)."
        " Give both models the same tokens, and name self-attention layers."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check((2, 5, 4, 8), (2, 6, 4, 3))
    sentence = (
        "AttentionMaps compares head by head. Received: teacher layer 't/attention' with "
        "projections of shape (2, 5, 4, 8), student layer 's/attention' of shape (2, 5, 2, 3). "
        "Build the student with 4 heads, or compare kd.losses.ValueRelations with "
        "relation_heads=... instead."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check((2, 5, 4, 8), (2, 5, 2, 3))
    sentence = sentence.replace("AttentionMaps", "ValueRelations").replace(
        "compare kd.losses.ValueRelations with relation_heads=... instead",
        "pass relation_heads=..., which both widths can be divided by",
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check((2, 5, 4, 8), (2, 5, 2, 3), "ValueRelations")
