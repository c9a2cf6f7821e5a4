import keras
import numpy as np
import pytest

from keras_distill.compression import quantize_model
from keras_distill.export import to_tflite
from keras_distill.export.index_inputs import check_index_inputs

layers = keras.layers


def words(dtype, nested=False):
    tokens = keras.Input((6,), dtype=dtype)
    x = layers.Reshape((3, 2))(tokens)
    x = layers.Flatten()(x)
    x = layers.Embedding(20, 4, name="lookup")(x)
    if nested:
        inner = keras.Model(tokens, x, name="inner")
        tokens = keras.Input((6,), dtype=dtype)
        x = inner(tokens)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(3)(x), name="words")


SENTENCE = (
    "The input of 'words' is of type float32, but its layer 'lookup' looks up whole numbers, "
    "which an int8 file must not round. Expected an input of type int32: build the model on "
    'keras.Input(..., dtype="int32"), give it the weights of this one, and export that.'
)


@pytest.mark.parametrize("prepare", [lambda model: model, quantize_model])
@pytest.mark.parametrize("nested", [False, True])
def test_an_embedding_that_is_fed_floats(prepare, nested, tmp_path):
    model = prepare(words("float32", nested))
    data = {} if prepare is quantize_model else {"calibration_data": np.zeros((4, 6), "float32")}
    with pytest.raises(ValueError) as caught:
        to_tflite(model, tmp_path / "x.tflite", "int8", **data)
    assert str(caught.value) == SENTENCE
    assert list(tmp_path.iterdir()) == []


def test_a_sequential_model():
    model = keras.Sequential([keras.Input((6,)), layers.Embedding(20, 4, name="lookup")])
    model.name = "words"
    with pytest.raises(ValueError) as caught:
        check_index_inputs(model)
    assert str(caught.value) == SENTENCE


def test_whole_numbers_and_models_that_look_nothing_up(plain):
    check_index_inputs(words("int32"))
    check_index_inputs(words("int32", nested=True))
    check_index_inputs(plain)
    # What is computed of the input is made into indices by the model itself.
    values = keras.Input((6,))
    x = layers.Embedding(20, 4)(keras.ops.cast(values * 19, "int32"))
    check_index_inputs(keras.Model(values, x))


def test_floats_beside_indices_pass():
    features, words = keras.Input((4,)), keras.Input((3,), dtype="int32")
    x = keras.layers.Flatten()(keras.layers.Embedding(5, 2)(words))
    check_index_inputs(keras.Model([features, words], keras.layers.Concatenate()([features, x])))


def test_floats_behind_another_input_are_seen():
    words, given = keras.Input((3,), dtype="int32"), keras.Input((3,))
    x = [keras.layers.Embedding(5, 2, name=n)(one) for n, one in (("a", words), ("b", given))]
    with pytest.raises(ValueError, match="but its layer 'b' looks up whole numbers"):
        check_index_inputs(keras.Model([words, given], keras.layers.Add()(x)))


def test_of_a_model_of_own_code_nothing_is_known():
    class Own(keras.Model):
        def call(self, inputs):
            return inputs

    check_index_inputs(Own())
