import re

import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.models.check_token_ids import check_token_ids


def beyond(last, layer, model, received):
    sentence = (
        f"Expected token ids from 0 to {last}, of which layer '{layer}' of '{model}' has "
        f"embeddings. Received: the id {received}. Use the preprocessor that the model's weights "
        "were made with, or build the model for this vocabulary."
    )
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_ids_of_examples():
    model = kd.models.bilstm(9, 3, width=4, embedding_width=4)
    check_token_ids(model, np.array([[8, 0, 3]]))
    with beyond("8", "embedding", "bilstm", "1,234"):
        check_token_ids(model, np.array([[8, 1234, 9], [0, 0, 0]]))
    with beyond("8", "embedding", "bilstm", -1):
        check_token_ids(model, np.array([[8, -1, 3]]))


def test_an_embedding_run_in_reverse_is_fed_no_ids():
    class Tagger(keras.Model):
        def __init__(self):
            super().__init__(name="tagger")
            self.embedding = keras.layers.ReversibleEmbedding(5, 4, name="tied")

        def call(self, ids):
            return self.embedding(100.0 + self.embedding(ids), reverse=True)

    model = Tagger()
    check_token_ids(model, np.array([[4, 0]]))
    with beyond(4, "tied", "tagger", 5):
        check_token_ids(model, np.array([[5, 0]]))


def test_a_model_that_compiles_its_own_call_is_let_through():
    import tensorflow as tf

    class Compiled(keras.Model):
        def __init__(self):
            super().__init__()
            self.embedding = keras.layers.Embedding(5, 4)

        @tf.function
        def call(self, ids):
            return self.embedding(ids)

    model = Compiled()
    model(np.array([[1]]))
    check_token_ids(model, np.array([[4]]))
