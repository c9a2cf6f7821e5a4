"""Through nested models, wrappers and layers that only reshape."""

import keras

from keras_distill.predictors.last_layer import last_layer

layers = keras.layers


def test_of_a_nested_graph():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="head"), layers.Dropout(0.5)])
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Reshape((3, 1))(inner(inputs)))
    assert last_layer(model) is inner.layers[0]


def test_of_one_output_of_several():
    inputs = keras.Input((4,))
    first, second = layers.Dense(3), layers.Softmax()
    model = keras.Model(inputs, [first(inputs), second(inputs)])
    assert last_layer(model) is None
    assert [last_layer(output) for output in model.outputs] == [first, second]


def test_of_wrappers_and_activations_that_are_layers():
    inputs = keras.Input((5, 4))
    dense = layers.Dense(3)
    assert last_layer(keras.Model(inputs, layers.TimeDistributed(dense)(inputs))) is dense
    softmax = layers.Softmax()
    assert last_layer(layers.Dense(3, activation=softmax)) is softmax
