"""Texts that are longer than what a model sees are counted."""

import keras
import numpy as np
import pytest

from keras_distill.predictors.cut_texts import cut_texts

TEXTS = ["a b c", "a b c d", "", "A, B! c... D e", "  a  "]


@pytest.mark.parametrize(("length", "cut"), [(1, 3), (3, 2), (4, 1), (5, 0), (None, 0)])
def test_words(length, cut):
    layer = keras.layers.TextVectorization(output_sequence_length=length, vocabulary=["a"])
    assert cut_texts(layer, TEXTS) == cut


def test_characters_and_a_function_that_splits():
    layer = keras.layers.TextVectorization(
        split="character", output_sequence_length=4, vocabulary=["a"]
    )
    assert cut_texts(layer, TEXTS) == 4

    def split(texts):
        import tensorflow as tf

        return tf.strings.split(texts, ",")

    layer = keras.layers.TextVectorization(
        standardize=None, split=split, output_sequence_length=1, vocabulary=["a"]
    )
    assert cut_texts(layer, TEXTS) == 1


def test_bags_of_words_are_not_cut():
    layer = keras.layers.TextVectorization(output_mode="multi_hot", vocabulary=["a"])
    assert cut_texts(layer, TEXTS) is None


class Hub:
    """As KerasHub's: a start and an end around each text."""

    sequence_length = 5

    def tokenizer(self, texts):
        return [[7] * len(text.split()) for text in texts]

    def __call__(self, texts):
        rows = [[1] * min(5, 2 + len(text.split())) for text in texts]
        return {"padding_mask": np.array([row + [0] * (5 - len(row)) for row in rows])}


def test_start_and_end_take_room():
    assert cut_texts(Hub(), TEXTS) == 2


def test_what_cannot_be_known_and_no_texts():
    assert cut_texts(lambda texts: texts, TEXTS) is None
    assert cut_texts(lambda texts: texts, []) == 0
