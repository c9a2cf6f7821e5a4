import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_distill.datasets.token_arrays import token_arrays

TEXTS = np.array([b"a b c d e", b"", b"b a", "ä! b".encode(), b"  "], object)


def words(**options):
    return keras.layers.TextVectorization(vocabulary=["a", "b", "c"], **options)


def test_text_vectorization_by_hand():
    ids, (lengths, special), kept = token_arrays(TEXTS, words(output_sequence_length=3), "student")
    assert ids.dtype == np.int32 and special == 0 and kept == 3
    assert ids.tolist() == [[2, 3, 4], [0, 0, 0], [3, 2, 0], [1, 3, 0], [0, 0, 0]]
    assert lengths.tolist() == [5, 0, 2, 2, 0]


def test_length_of_the_longest_where_none_is_named(monkeypatch):
    monkeypatch.setattr("keras_distill.datasets.token_arrays.BATCH", 2)
    ids, (lengths, _), kept = token_arrays(TEXTS[1:], words(), "student")
    assert kept is None and lengths.tolist() == [0, 2, 2, 0]
    assert ids.tolist() == [[0, 0], [3, 2], [1, 3], [0, 0]]
    ragged, _, _ = token_arrays(TEXTS, words(ragged=True), "student")
    assert ragged.shape == (5, 5)


def test_bags_of_words_are_never_cut():
    bags, lengths, kept = token_arrays(TEXTS, words(output_mode="count"), "student")
    assert bags.dtype == np.int32 and bags[0].tolist() == [2, 1, 1, 1]
    assert lengths is None and kept is None


def test_functions_are_given_lists_of_str(monkeypatch):
    monkeypatch.setattr("keras_distill.datasets.token_arrays.BATCH", 3)
    seen = []

    def letters(texts):
        seen.append(texts)
        length = max(map(len, texts))
        ids = np.array([[ord(c) for c in text.ljust(length, "\0")] for text in texts])
        return {"ids": ids, "mask": tf.constant(ids > 0), "share": np.zeros(len(texts))}

    made, lengths, kept = token_arrays(TEXTS, letters, "student")
    assert seen == [["a b c d e", "", "b a"], ["ä! b", "  "]] and lengths is kept is None
    assert made["ids"].shape == made["mask"].shape == (5, 9) and made["ids"].dtype == np.int32
    assert made["ids"][3].tolist() == [ord("ä"), ord("!"), 32, ord("b"), 0, 0, 0, 0, 0]
    assert made["mask"].dtype == bool and not made["mask"][1].any()
    assert made["share"].dtype == np.float32


def test_function_may_return_lists():
    made, _, _ = token_arrays(TEXTS, lambda texts: [len(text) for text in texts], "student")
    assert made.tolist() == [9, 0, 3, 4, 2]


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_no_preprocessor():
    with raises(
        "Expected student to be a preprocessor: a KerasHub preprocessor, a TextVectorization layer "
        "or a function of texts. Received: 'bert'."
    ):
        token_arrays(TEXTS, "bert", "student")


def test_preprocessor_that_makes_labels_too():
    with raises(
        "Expected teacher to make of texts what a model is fed: an array, or a dict of arrays. "
        "Received: a tuple of 2. Use a preprocessor that returns no labels."
    ):
        token_arrays(TEXTS, lambda texts: (np.zeros(5), np.zeros(5)), "teacher")


@pytest.mark.parametrize(
    "made, shape", [(np.zeros((3, 2)), "(3, 2)"), (np.float32(1), "(1,)")], ids=["rows", "none"]
)
def test_other_number_of_rows(made, shape):
    with raises(
        f"Expected teacher to make one row of each text. Received: an array of shape {shape} for "
        "5 texts. Return arrays `(texts, …)`."
    ):
        token_arrays(TEXTS, lambda texts: made, "teacher")


@pytest.mark.slow
def test_keras_hub_preprocessor_by_its_own_tokenizer():
    keras_hub = pytest.importorskip("keras_hub", reason="KerasHub is in the extra `nlp`")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##c", "c"]
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=vocabulary, lowercase=True)
    preprocessor = keras_hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=6)
    texts = np.array([b"a bc c b a", b"", b"A", b"a b c a"], object)
    made, (lengths, special), kept = token_arrays(texts, preprocessor, "teacher")
    assert lengths.tolist() == [6, 0, 1, 4] and (special, kept) == (2, 6)
    assert made["token_ids"].tolist() == [
        [2, 5, 6, 7, 8, 3],
        [2, 3, 0, 0, 0, 0],
        [2, 5, 3, 0, 0, 0],
        [2, 5, 6, 8, 5, 3],
    ]
    assert made["padding_mask"].dtype == bool and made["segment_ids"].dtype == np.int32
