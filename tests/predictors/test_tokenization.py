"""A manifest's tokenization, rebuilt; a vocabulary that is another's, refused."""

import hashlib
import json
import re
import sys

import numpy as np
import pytest

from keras_distill.predictors.tokenization import read_tokenization

WORDS = ["", "[UNK]", "good", "film", "odd\u2028word"]


def write(folder, **changes):
    content = "".join(f"{word}\n" for word in WORDS).encode()
    told = {
        "kind": "text_vectorization", "standardize": "lower", "split": "whitespace",
        "ngrams": None, "sequence_length": 4, "ids": {"pad": 0, "unknown": 1},
        "inputs": {"words": "token_ids", "mask": "padding_mask", "segments": "segment_ids"},
        "vocabulary": "m.tflite.vocab.txt",
        "vocabulary_sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    (folder / "m.tflite.vocab.txt").write_bytes(content)
    path = folder / "m.tflite.manifest.json"
    path.write_text(json.dumps({"tokenization": told | changes}), encoding="utf-8")
    return path


def test_fills_each_input_with_what_it_holds(tmp_path):
    found = read_tokenization(write(tmp_path))
    made = found(["A GOOD film", "", "odd\u2028word good film film film"])
    np.testing.assert_array_equal(made["words"], [[1, 2, 3, 0], [0, 0, 0, 0], [4, 2, 3, 3]])
    np.testing.assert_array_equal(made["mask"], [[1, 1, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]])
    np.testing.assert_array_equal(made["segments"], np.zeros((3, 4)))
    assert {values.dtype.name for values in made.values()} == {"int32"}
    assert found.get_vocabulary() == WORDS and found.sequence_length == 4


def test_nothing_that_can_be_rebuilt(tmp_path):
    assert read_tokenization(tmp_path / "none.json") is None
    assert read_tokenization(write(tmp_path, kind="function")) is None
    (tmp_path / "old.json").write_text("{}")
    assert read_tokenization(tmp_path / "old.json") is None


def fails(error, message, path):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        read_tokenization(path)


def test_a_kind_of_the_future(tmp_path):
    path = write(tmp_path, kind="bytes")
    message = (
        f"'{path}' describes a tokenization of the kind 'bytes'. Expected 'wordpiece' or "
        "'text_vectorization': update keras_distill, or give `preprocessor`."
    )
    fails(ValueError, message, path)


def test_a_vocabulary_that_is_missing(tmp_path):
    path = write(tmp_path)
    words = tmp_path / "m.tflite.vocab.txt"
    words.unlink()
    message = (
        f"The vocabulary '{words}' is missing, which makes numbers of texts. Copy it along with "
        "the model, or give `preprocessor`."
    )
    fails(FileNotFoundError, message, path)


def test_a_vocabulary_that_was_altered(tmp_path):
    path = write(tmp_path)
    words = tmp_path / "m.tflite.vocab.txt"
    expected = hashlib.sha256(words.read_bytes()).hexdigest()
    words.write_bytes(words.read_bytes().replace(b"good", b"bad"))
    received = hashlib.sha256(words.read_bytes()).hexdigest()
    message = (
        f"'{words}' is not the vocabulary that the manifest describes. Expected sha256 {expected}. "
        f"Received: {received}. Copy it again from where the model was exported."
    )
    fails(ValueError, message, path)


def test_word_pieces_without_keras_hub(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    message = (
        "Texts are cut into word pieces by KerasHub, which is not installed. Install it with pip "
        'install "keras-distill[nlp]".'
    )
    fails(ImportError, message, write(tmp_path, kind="wordpiece"))
