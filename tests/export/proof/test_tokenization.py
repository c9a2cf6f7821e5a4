"""What a manifest says of a preprocessor, and what lies beside it."""

import hashlib
import types

import keras
import pytest

from keras_distill.export.proof.tokenization import Tokenization, tokenization_of


def ends(*names, key=None):
    return [types.SimpleNamespace(name=name, key=key or name) for name in names]


def test_text_vectorization():
    layer = keras.layers.TextVectorization(
        output_sequence_length=5, vocabulary=["good", "film", "é"]
    )
    told = Tokenization(layer, ends("input", key="words"), "m.vocab.txt")
    content = "\n[UNK]\ngood\nfilm\né\n".encode()
    assert told.content == content
    assert told.described == {
        "kind": "text_vectorization",
        "standardize": "lower_and_strip_punctuation",
        "split": "whitespace",
        "ngrams": None,
        "sequence_length": 5,
        "ids": {"pad": 0, "unknown": 1},
        "tokens": {"pad": "", "unknown": "[UNK]"},
        "inputs": {"input": "token_ids"},
        "vocabulary": "m.vocab.txt",
        "vocabulary_size": 5,
        "vocabulary_sha256": hashlib.sha256(content).hexdigest(),
    }


class WordPieceTokenizer:
    """As KerasHub's, without importing it."""

    lowercase, strip_accents, split, split_on_cjk = True, False, True, True
    suffix_indicator, oov_token, special_tokens_in_strings = "##", "[UNK]", False
    special_tokens = ["[CLS]", "[SEP]"]
    start_token_id, end_token_id, pad_token_id = 2, 3, 0

    def get_vocabulary(self):
        return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "##ish"]


class Preprocessor:
    sequence_length = 8

    def __init__(self):
        self.tokenizer = WordPieceTokenizer()


def test_word_pieces():
    inputs = ends("token_ids", "padding_mask", "segment_ids")
    told = Tokenization(Preprocessor(), inputs, "m.vocab.txt")
    assert told.content == b"[PAD]\n[UNK]\n[CLS]\n[SEP]\ngood\n##ish\n"
    assert told.described == {
        "kind": "wordpiece",
        "lowercase": True,
        "strip_accents": False,
        "split": True,
        "split_on_cjk": True,
        "suffix_indicator": "##",
        "special_tokens": None,
        "sequence_length": 8,
        "ids": {"start": 2, "end": 3, "pad": 0, "unknown": 1},
        "tokens": {"start": "[CLS]", "end": "[SEP]", "pad": "[PAD]", "unknown": "[UNK]"},
        "inputs": {n: n for n in ("token_ids", "padding_mask", "segment_ids")},
        "vocabulary": "m.vocab.txt",
        "vocabulary_size": 6,
        "vocabulary_sha256": hashlib.sha256(told.content).hexdigest(),
    }
    one = Tokenization(Preprocessor(), ends("input", key="words"), "m.vocab.txt")
    assert one.described["inputs"] == {"input": "token_ids"}


def lower(texts):
    return texts


def split_on_commas(texts):
    import tensorflow as tf

    return tf.strings.split(texts, ",")


@pytest.mark.parametrize(
    ("preprocessor", "inputs", "name"),
    [
        (lower, ends("input"), "lower"),
        (Preprocessor(), ends("words", "mask"), "Preprocessor"),
        (keras.layers.TextVectorization(output_mode="multi_hot", vocabulary=["a"]), ends("input"),
         "TextVectorization"),
        (keras.layers.TextVectorization(split=split_on_commas, vocabulary=["a"]), ends("input"),
         "TextVectorization"),
        (keras.layers.TextVectorization(split=None, vocabulary=["a\nb"]), ends("input"),
         "TextVectorization"),
    ],
)  # fmt: skip
def test_what_cannot_be_described(preprocessor, inputs, name):
    told = Tokenization(preprocessor, inputs, "m.vocab.txt")
    assert told.described == {"kind": "function", "name": name} and told.content is None


def test_which_preprocessor_is_meant():
    ids = keras.Input((3,), dtype="int32")
    model = keras.Model(ids, keras.layers.Embedding(9, 2)(ids))
    assert tokenization_of(model, ends("input"), None, None, "v") is None
    model.preprocessor = lower
    assert tokenization_of(model, ends("input"), None, None, "v") is None
    found = tokenization_of(model, ends("input"), None, ["a"], "v")
    assert found.described["name"] == "lower"
    model.preprocessor = keras.layers.TextVectorization(vocabulary=["a"])
    found = tokenization_of(model, ends("input"), None, None, "v")
    assert found.described["kind"] == "text_vectorization"
    found = tokenization_of(model, ends("input"), Preprocessor(), None, "v")
    assert found.described["kind"] == "wordpiece"
