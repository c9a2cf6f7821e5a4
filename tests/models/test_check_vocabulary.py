import re

import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.models import check_vocabulary

WORDS = [f"w{i}" for i in range(8)]


def vectorization(**options):
    return keras.layers.TextVectorization(vocabulary=WORDS, **options)


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def beyond(last, layer, model, received):
    return raises(
        f"Expected token ids from 0 to {last}, of which layer '{layer}' of '{model}' has "
        f"embeddings. Received: the id {received}. Use the preprocessor that the model's weights "
        "were made with, or build the model for this vocabulary."
    )


@pytest.mark.parametrize("length", [6, None], ids=["fixed", "longest"])
def test_ten_ids_want_ten_embeddings(length):
    def model(number):
        tokens = keras.layers.Embedding(number, 4, name="tokens")
        return keras.Sequential(
            [keras.Input((length,), dtype="int32"), tokens, keras.layers.GlobalMaxPooling1D()],
            name="student",
        )

    words = vectorization(output_sequence_length=length)
    check_vocabulary(model(10), words)
    check_vocabulary(model(12), words)
    with beyond(8, "tokens", "student", 9):
        check_vocabulary(model(9), words)


def test_embeddings_of_other_things_are_not_compared():
    check_vocabulary(
        kd.models.bag_of_embeddings(10, 6, bigrams=3), vectorization(output_sequence_length=6)
    )


def test_the_model_stays_as_it_was():
    model = kd.models.bilstm(9, 6, width=4, embedding_width=4)
    before = model.get_weights()
    with beyond("8", "embedding", "bilstm", 9):
        check_vocabulary(model, vectorization(output_sequence_length=6))
    assert not any("call" in vars(layer) for layer in model.layers)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_preprocessor_without_a_vocabulary():
    model = kd.models.bilstm(9, 3, width=4, embedding_width=4)
    with raises(
        "Expected a preprocessor that tells its vocabulary: a KerasHub preprocessor or a "
        "TextVectorization layer. Received: None. Pass preprocessor=... ."
    ):
        check_vocabulary(model)


@pytest.mark.slow
def test_keras_hub_tasks_by_their_own_preprocessor():
    keras_hub = pytest.importorskip("keras_hub", reason="KerasHub is in the extra `nlp`")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=vocabulary, lowercase=True)
    preprocessor = keras_hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=8)

    def task(number):
        backbone = keras_hub.models.BertBackbone(
            vocabulary_size=number, num_layers=1, num_heads=2, hidden_dim=8, intermediate_dim=8,
            max_sequence_length=8,
        )  # fmt: skip
        return keras_hub.models.BertTextClassifier(
            backbone, num_classes=2, preprocessor=preprocessor, name="teacher"
        )

    check_vocabulary(task(13))
    with beyond(11, "token_embedding", "teacher", 12):
        check_vocabulary(task(12))
