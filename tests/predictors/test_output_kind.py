"""output_kind: by layers, through nested models, else by values."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.predictors.output_kind import output_kind


def model(*tail, nested=False):
    if nested:
        inner = keras.Sequential([keras.Input((4,)), *tail])
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dropout(0.1)(inner(inputs)))
    return keras.Sequential([keras.Input((4,)), *tail])


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    "tail, kind",
    [
        (lambda: [layers.Dense(3)], "logits"),
        (lambda: [layers.Dense(3, "softmax")], "probabilities"),
        (lambda: [layers.Dense(3), layers.Softmax()], "probabilities"),
        (lambda: [layers.Dense(3), layers.Activation("softmax")], "probabilities"),
        (lambda: [layers.Dense(1, "sigmoid"), layers.Flatten()], "probabilities"),
        (lambda: [layers.Dense(3, "log_softmax")], "logits"),
        (lambda: [layers.Dense(3, "relu")], "unknown"),
    ],
)
def test_by_layers(tail, kind, nested):
    assert output_kind(model(*tail(), nested=nested)) == kind


def test_by_values():
    assert output_kind(None) == "unknown"
    assert output_kind(None, np.array([[0.2, 0.8], [1.0, 0.0]])) == "probabilities"
    assert output_kind(None, np.array([[0.2, -0.8]])) == "logits"
    assert output_kind(None, np.array([[0.2, 1.8]])) == "logits"
    assert output_kind(None, np.array([[0.2, 0.3]])) == "unknown"
    assert output_kind(None, np.array([[0.2], [0.3]])) == "probabilities"


def test_a_language_model_that_ends_in_its_embedding():
    inputs, embedding = keras.Input((4,), dtype="int32"), layers.ReversibleEmbedding(9, 3)
    outputs = embedding(layers.Dense(3, "relu")(embedding(inputs)), reverse=True)
    assert output_kind(keras.Model(inputs, outputs)) == "logits"
