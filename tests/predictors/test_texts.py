"""Models of token ids predict from texts, by what makes ids of them."""

import re

import keras
import numpy as np
import pytest

from keras_distill.predictors import load

TEXTS = ["good good", "a bad film", "", "good bad good bad", "unheard of"]
WORDS = ["", "[UNK]", "good", "bad", "film"]
# The ids of the texts by WORDS, worked out by hand, cut at three words.
IDS = np.array([[2, 2, 0], [1, 3, 4], [0, 0, 0], [2, 3, 2], [1, 1, 0]])


@pytest.fixture
def vectorize():
    return keras.layers.TextVectorization(output_sequence_length=3, vocabulary=WORDS[2:])


def scores(ids, mask=None):
    """What each model below says: how often each of the five ids occurs, where the mask is."""
    mask = np.ones(ids.shape) if mask is None else mask
    return np.stack([((ids == i) * mask).sum(axis=1) for i in range(5)], axis=1).astype("float32")


def one_input(name=None):
    inputs = keras.Input((3,), dtype="int32", name=name)
    x = keras.layers.Embedding(5, 5, embeddings_initializer="identity")(inputs)
    return keras.Model(inputs, keras.ops.sum(x, axis=1), name="words")


def two_inputs():
    ids = keras.Input((3,), dtype="int32", name="token_ids")
    mask = keras.Input((3,), dtype="int32", name="padding_mask")
    x = keras.layers.Embedding(5, 5, embeddings_initializer="identity")(ids)
    x = x * keras.ops.expand_dims(keras.ops.cast(mask, "float32"), -1)
    return keras.Model({"token_ids": ids, "padding_mask": mask}, keras.ops.sum(x, axis=1))


def features_of(vectorize):
    def features(texts):
        ids = vectorize(texts)
        # More than the model takes, and a mask of booleans, as KerasHub gives them.
        return {"padding_mask": ids != 0, "segment_ids": ids * 0, "token_ids": ids}

    return features


def test_by_the_preprocessor_beside_the_model(vectorize):
    predictor = load(one_input(), preprocessor=vectorize)
    assert predictor.texts and predictor.input_shape == ()
    assert predictor.preprocessor is vectorize
    for texts in (TEXTS, np.array(TEXTS), np.array([t.encode() for t in TEXTS], object)):
        np.testing.assert_array_equal(predictor.predict(texts), scores(IDS))


def test_several_inputs_by_their_names(vectorize):
    predictor = load(two_inputs(), preprocessor=features_of(vectorize))
    np.testing.assert_array_equal(predictor.predict(TEXTS), scores(IDS, IDS != 0))


def test_one_input_takes_the_token_ids_whatever_it_is_called(vectorize):
    predictor = load(one_input("words"), preprocessor=features_of(vectorize))
    np.testing.assert_array_equal(predictor.predict(TEXTS), scores(IDS))


def test_batches_of_256_and_no_texts_at_all(vectorize):
    seen = []

    def preprocessor(texts):
        seen.append(len(texts))
        return vectorize(texts)

    predictor = load(one_input(), preprocessor=preprocessor)
    many = [TEXTS[i % 5] for i in range(300)]
    np.testing.assert_array_equal(predictor.predict(many), scores(IDS[np.arange(300) % 5]))
    assert seen == [256, 44]
    assert predictor.predict(np.array([], "U1")).shape == (0, 5)


def test_a_keras_file(vectorize, tmp_path):
    one_input().save(tmp_path / "m.keras")
    predictor = load(tmp_path / "m.keras", preprocessor=vectorize)
    np.testing.assert_array_equal(predictor.predict(TEXTS), scores(IDS))


def test_a_saved_model_with_two_inputs(vectorize, tmp_path):
    two_inputs().export(tmp_path / "folder", verbose=False)
    predictor = load(tmp_path / "folder", preprocessor=features_of(vectorize))
    np.testing.assert_array_equal(predictor.predict(TEXTS), scores(IDS, IDS != 0))


@pytest.mark.parametrize("batch", [None, 1, 4])
def test_a_tflite_file_with_two_inputs_and_any_batch(vectorize, tmp_path, batch):
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((batch, 3), tf.int32, n) for n in ("ids", "mask")])
    def serve(ids, mask):
        mask = tf.cast(mask, tf.float32)[..., None]
        return {"out": tf.reduce_sum(tf.gather(tf.eye(5), ids) * mask, axis=1)}

    module = tf.Module()
    module.serve = serve
    tf.saved_model.save(module, str(tmp_path / "m"), signatures=serve)
    path = tmp_path / "m.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "m")).convert())

    def preprocessor(texts):
        ids = vectorize(texts)
        return {"ids": ids, "mask": ids != 0}

    predictor = load(path, preprocessor=preprocessor)
    np.testing.assert_array_equal(predictor.predict(TEXTS), scores(IDS, IDS != 0))
    message = (
        f"'{path}' has 2 inputs and 1 outputs; a predictor needs a model with one of each. Of a "
        "model of texts give its `preprocessor`."
    )
    fails(message, lambda: load(path))


def test_a_function_of_ids(vectorize):
    predictor = load(lambda ids: scores(np.asarray(ids)), "words", preprocessor=vectorize)
    assert predictor.kind == "callable"
    np.testing.assert_array_equal(predictor.predict(TEXTS), scores(IDS))


@pytest.mark.parametrize("shape", [(), (1,)])
def test_a_model_that_takes_texts_itself(vectorize, shape):
    inputs = keras.Input(shape, dtype="string")
    model = keras.Model(inputs, one_input()(vectorize(inputs)))
    predictor = load(model)
    assert predictor.texts and predictor.preprocessor is None
    for texts in (np.array(TEXTS), np.array([t.encode() for t in TEXTS], object)):
        np.testing.assert_array_equal(predictor.predict(texts), scores(IDS))


def test_how_many_texts_are_cut(vectorize):
    assert load(one_input(), preprocessor=vectorize).cut(TEXTS) == 1
    assert load(one_input(), preprocessor=lambda texts: vectorize(texts)).cut(TEXTS) is None
    assert load(one_input()).cut(TEXTS) is None


def fails(message, work):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        work()


def test_texts_without_a_preprocessor():
    message = (
        "'words' takes numbers, but received texts. Load it with the preprocessor that it was "
        "trained with: keras_distill.predictors.load(model, preprocessor=…)."
    )
    fails(message, lambda: load(one_input()).predict(TEXTS))


def test_numbers_where_texts_are_meant(vectorize):
    message = (
        "'words' expects texts, an array of strings of shape (n,), but received an array of shape "
        "(5, 3) and dtype float32. Give the texts themselves; they are made into numbers here."
    )
    fails(message, lambda: load(one_input(), preprocessor=vectorize).predict(IDS))


def test_texts_of_another_shape(vectorize):
    message = (
        "'words' expects texts, an array of strings of shape (n,), but received an array of shape "
        "(1, 5). Give one text for each example."
    )
    fails(message, lambda: load(one_input(), preprocessor=vectorize).predict([TEXTS]))


def test_no_preprocessor_at_all():
    message = (
        "`preprocessor` must be a KerasHub preprocessor, a keras.layers.TextVectorization or a "
        "function of texts. Received: 'wordpiece'."
    )
    fails(message, lambda: load(one_input(), preprocessor="wordpiece"))


def test_a_predictor_has_its_own(vectorize):
    message = (
        "'words' is a Predictor already, which keeps its own preprocessor. Give `preprocessor` "
        "where it is loaded."
    )
    fails(message, lambda: load(load(one_input()), preprocessor=vectorize))
