import re

import keras
import numpy as np
import pytest

from keras_distill.corruptions import get
from keras_distill.corruptions.text.unknown_words import UnknownWords


def test_words_are_replaced_and_the_others_stay(sentences):
    for new, old in zip(UnknownWords(5)(sentences, seed=0), sentences, strict=True):
        pairs = list(zip(new.split(" "), old.split(" "), strict=True))
        assert 1 <= sum(word == "[UNK]" for word, _ in pairs) <= 15
        assert all(word in (before, "[UNK]") for word, before in pairs)


@pytest.mark.parametrize("standardize", ["lower_and_strip_punctuation", "lower", None])
def test_it_is_unknown_to_a_vocabulary_of_keras(standardize):
    layer = keras.layers.TextVectorization(
        vocabulary=["the", "quick", "brown", "fox"], standardize=standardize
    )
    (text,) = UnknownWords(5)(["the quick brown fox"], seed=0)
    known = {"the": 2, "quick": 3, "brown": 4, "fox": 5}
    expected = [known.get(word, 1) for word in text.split()]
    assert 1 in expected
    np.testing.assert_array_equal(layer([text]), [expected])


def test_token_of_ones_own():
    corruption = UnknownWords(5, token="<unk>")
    (text,) = corruption(["the quick brown fox"], seed=0)
    (same,) = get("unknown_words", 5)(["the quick brown fox"], seed=0)
    assert text == same.replace("[UNK]", "<unk>") != same
    config = corruption.get_config()
    assert config == {"name": "unknown_words", "severity": 5, "token": "<unk>"}
    assert UnknownWords.from_config(config) == corruption


@pytest.mark.parametrize("token", ["", " ", "two words", " unk", None, 3])
def test_wrong_token(token):
    sentence = (
        "`token` must be a str that is not empty and holds no white space. Received: "
        f"token={token!r}."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        UnknownWords(1, token=token)
