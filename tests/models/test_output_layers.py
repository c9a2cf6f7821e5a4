import keras
from keras import layers

from keras_distill.models.output_layers import output_layers


def names(model):
    return {layer.name for layer in output_layers(model)}


def test_classifier_behind_reshape_and_bare_operations():
    inputs = keras.Input((4, 4, 3))
    x = layers.Conv2D(8, 3, name="deep")(inputs)
    x = layers.Conv2D(5, 2, name="classes")(x)
    teacher = keras.Model(inputs, keras.ops.softmax(layers.Reshape((5,))(x)))
    assert names(teacher) == {"classes"}


def test_every_branch_of_a_sum_and_every_output():
    inputs = keras.Input((4,))
    a, b = layers.Dense(3, name="a")(inputs), layers.Dense(3, name="b")(inputs)
    c = layers.Dense(2, name="c")(layers.Dense(7, name="hidden")(inputs))
    teacher = keras.Model(inputs, {"sum": layers.Add()([a, b]), "other": c})
    assert names(teacher) == {"a", "b", "c"}


def test_normalization_and_depthwise_layers_are_passed():
    x = inputs = keras.Input((4, 4, 3))
    x = layers.Conv2D(6, 1, name="makes")(x)
    x = layers.Conv2D(6, 3, groups=6, name="passes")(x)
    x = layers.BatchNormalization()(layers.DepthwiseConv2D(2)(x))
    assert names(keras.Model(inputs, x)) == {"makes"}


def test_nested_models_are_entered_and_passed():
    head = keras.Sequential([keras.Input((3,)), layers.Softmax()])
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(9), layers.Dense(3, name="scores")])
    inputs = keras.Input((4,))
    assert names(keras.Model(inputs, head(inner(inputs)))) == {"scores"}
