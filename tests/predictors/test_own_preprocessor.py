import keras

from keras_distill.predictors.own_preprocessor import own_preprocessor


class Tokenizing:
    tokenizer = len


class Pictures:
    image_converter = len


def model_with(preprocessor):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.preprocessor = preprocessor
    return model


def test_one_of_texts_and_none_of_pictures():
    words = keras.layers.TextVectorization(vocabulary=["a"])
    tokenizing = Tokenizing()
    assert own_preprocessor(model_with(words)) is words
    assert own_preprocessor(model_with(tokenizing)) is tokenizing
    assert own_preprocessor(model_with(Pictures())) is None
    assert own_preprocessor(model_with(None)) is None
    assert own_preprocessor(keras.Sequential()) is None
