"""Texts become what the model is fed, by its own preprocessor; all else is left to `collect`."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_distill.export.proof.tokenization import Tokenization
from keras_distill.export.serving.collected import collected, empty_text
from keras_distill.export.serving.model_ends import model_ends

TEXTS = ["a film", "good", "a bad bad film", "bad"]


class Lengths:
    """Makes of each text how long its first three words are."""

    def __call__(self, texts):
        rows = [([len(word) for word in text.split()] + [0, 0, 0])[:3] for text in texts]
        return {"token_ids": np.array(rows, "int32")}


@pytest.fixture(scope="module")
def model():
    ids = keras.Input((3,), dtype="int32", name="token_ids")
    x = keras.layers.Flatten()(keras.layers.Embedding(9, 2)(ids))
    made = keras.Model({"token_ids": ids}, keras.layers.Dense(2)(x), name="sentiment")
    made.preprocessor = Lengths()
    return made


@pytest.mark.parametrize(
    "form",
    [list, tuple, np.array, tf.constant, lambda t: np.array(t, object), lambda t: np.array(t, "S")],
)
def test_texts_in_every_form(model, form):
    examples, labels, texts = collected(model, model_ends(model), form(TEXTS), 10, "samples")
    assert texts == TEXTS and labels is None
    (ids,) = examples.values()
    np.testing.assert_array_equal(ids, [[1, 4, 0], [4, 0, 0], [1, 3, 3], [3, 0, 0]])
    assert ids.dtype == "int32"


def test_batches_of_texts_with_labels_up_to_the_limit(model):
    data = tf.data.Dataset.from_tensor_slices((TEXTS, [1, 1, 0, 0])).batch(2)
    examples, labels, texts = collected(model, model_ends(model), data, 3, "samples")
    assert texts == TEXTS[:3]
    np.testing.assert_array_equal(labels, [1, 1, 0])
    assert [len(values) for values in examples.values()] == [3]
    alone = collected(model, model_ends(model), data.map(lambda x, y: x), 3, "samples")
    assert alone[1] is None and alone[2] == TEXTS[:3]


def test_of_a_long_list_texts_are_evenly_spread_and_stay_with_their_ids(model):
    many = ["x" * (1 + i // 100) for i in range(800)]
    examples, _, texts = collected(model, model_ends(model), many, 8, "samples")
    assert [len(text) for text in texts] == list(next(iter(examples.values()))[:, 0])
    assert (len(texts[0]), len(texts[-1])) == (1, 8)


def test_what_is_no_text_is_as_it_was(model):
    ids = np.arange(6).reshape(2, 3)
    for data in (ids, {"token_ids": ids}, tf.data.Dataset.from_tensor_slices(ids).batch(2)):
        examples, _, texts = collected(model, model_ends(model), data, 10, "samples")
        assert texts is None
        np.testing.assert_array_equal(next(iter(examples.values())), ids)
    assert collected(model, model_ends(model), None, 10, "samples") == (None, None, None)


def test_texts_without_a_preprocessor_are_refused():
    inputs = keras.Input((3,), name="token_ids")
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs), name="head")
    message = (
        "`samples` holds texts, but the model 'head' has no `preprocessor` that makes numbers of "
        "them. Give `preprocessor`, or what the model takes ('token_ids'), or a KerasHub task with "
        "its preprocessor."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        collected(model, model_ends(model), TEXTS, 10, "samples")


def test_the_preprocessor_given_comes_before_the_models_own(model):
    def given(texts):
        return np.full((len(texts), 3), 7)

    examples, _, texts = collected(model, model_ends(model), TEXTS, 10, "samples", given)
    assert texts == TEXTS and (next(iter(examples.values())) == 7).all()


def test_the_length_of_sequences_without_a_text():
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, keras.layers.Embedding(9, 2)(ids))
    ends = model_ends(model)
    layer = keras.layers.TextVectorization(output_sequence_length=4, vocabulary=["a"])
    told = Tokenization(layer, ends.inputs, "v")
    assert {name: ids.shape for name, ids in empty_text(model, ends, told).items()} == {
        "input": (1, 4)
    }
    open_ended = Tokenization(keras.layers.TextVectorization(vocabulary=["a"]), ends.inputs, "v")
    assert empty_text(model, ends, open_ended) is None
    assert empty_text(model, ends, None) is None
