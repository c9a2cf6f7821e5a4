"""A word without a row is refused before anything runs."""

import re

import keras
import pytest

from keras_distill.predictors.check_vocabulary import check_vocabulary


def model(rows):
    ids = keras.Input((3,), dtype="int32")
    x = keras.layers.Embedding(rows, 2, name="words")(ids)
    x = x + keras.layers.Embedding(2, 2, name="segments")(ids * 0)
    return keras.Model(ids, keras.layers.Dense(2)(keras.ops.sum(x, axis=1)), name="student")


def test_more_words_than_rows():
    layer = keras.layers.TextVectorization(vocabulary=[f"word{i}" for i in range(1200)])
    message = (
        "The preprocessor knows 1,202 words, but the largest Embedding of 'student', 'words', has "
        "1,000 rows: ids beyond them have none. Give the preprocessor that the model was trained "
        "with."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_vocabulary(model(1000), layer)
    check_vocabulary(model(1202), layer)


def test_what_cannot_be_judged():
    layer = keras.layers.TextVectorization(vocabulary=["a", "b"])
    check_vocabulary(model(2), len)
    check_vocabulary(keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]), layer)
