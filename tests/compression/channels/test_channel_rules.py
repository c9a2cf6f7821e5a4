"""What cannot be followed keeps its channels, and says why."""

import keras
import pytest
from keras import layers

from keras_distill.compression import channel_groups

UNKNOWN = "is none of those whose channels can be followed"


def reasons(between, shape=(4, 4, 8)):
    """Why a convolution of eight channels before `between` is left alone."""
    image = keras.Input((4, 4, 3))
    x = layers.Conv2D(8, 1, name="first")(image)
    x = between(layers.Reshape(shape)(x) if shape != (4, 4, 8) else x)
    x = layers.Dense(5, name="last")(layers.Flatten()(x))
    groups = {group.layers: group for group in channel_groups(keras.Model(image, x))}
    return groups[("first",)].reason


@pytest.mark.parametrize(
    "layer, reason",
    [
        (layers.LayerNormalization(name="x"), UNKNOWN),
        (layers.GroupNormalization(2, name="x"), UNKNOWN),
        (layers.Lambda(lambda x: x, name="x"), UNKNOWN),
        (layers.Softmax(name="x"), UNKNOWN),
        (layers.Activation("softmax", name="x"), "has the activation 'softmax'"),
        (layers.Activation(keras.ops.relu, name="x"), None),
        (layers.Conv2D(8, 1, groups=2, name="x"), "is a convolution in groups"),
        (layers.BatchNormalization(axis=1, name="x"), "normalizes along another axis"),
        (layers.Reshape((4, 2, 16), name="x"), None),
        (layers.Reshape((16, 2, 4), name="x"), "spreads channels over positions"),
        (layers.Permute((3, 1, 2), name="x"), UNKNOWN),
        (layers.Permute((2, 1, 3), name="x"), None),
        (layers.Rescaling([1.0] * 8, name="x"), UNKNOWN),
        (layers.Rescaling(2.0, name="x"), None),
        (layers.Reshape((16, 8), name="x"), None),
        (layers.Reshape((1, 128), name="x"), None),
        (layers.PReLU(shared_axes=[1, 2, 3], name="x"), None),
        (layers.Identity(name="x"), None),
        (layers.TimeDistributed(layers.Dense(3), name="x"), UNKNOWN),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_layer_between(layer, reason):
    expected = f"layer 'x' ({type(layer).__name__}) {reason}" if reason else None
    assert reasons(layer) == expected


def test_operations_that_are_no_layers():
    assert reasons(lambda x: keras.ops.relu(2.0 * x + 1.0)) is None
    assert "'get_item' (GetItem)" in reasons(lambda x: x[..., :4])
    assert "(Mean)" in reasons(lambda x: keras.ops.mean(x, axis=-1, keepdims=True))
    eight = keras.ops.ones((8,))
    assert "(Multiply)" in reasons(lambda x: x * eight)


def test_an_activation_of_ones_own():
    def relu(x):
        return keras.ops.cumsum(x, axis=-1)

    expected = "layer 'x' (Activation) has an activation of its own, 'relu'"
    assert reasons(layers.Activation(relu, name="x")) == expected


def test_a_layer_called_twice():
    twice = layers.Dense(8, name="twice")
    reason = "layer 'twice' (Dense) is called more than once"
    assert reasons(lambda x: twice(twice(x))) == reason


def test_a_sum_with_the_models_input_and_a_map_over_positions():
    image = keras.Input((4, 4, 8))
    x = layers.Add()([image, layers.Conv2D(8, 1, name="tied")(image)])
    one = layers.Conv2D(1, 1, activation="sigmoid", name="where")(x)
    x = layers.Multiply(name="gate")([layers.Conv2D(6, 1, name="free")(x), one])
    model = keras.Model(image, layers.Dense(3, name="head")(layers.Flatten()(x)))
    found = {group.layers[0]: group.reason for group in channel_groups(model)}
    assert found == {
        "tied": "they meet the channels of the model's input",
        "where": "layer 'gate' (Multiply) spreads them",
        "free": None,
        "head": "they are the model's output",
    }


def test_a_subclass_may_do_something_else():
    class Own(layers.Conv2D):
        pass

    assert reasons(Own(4, 1, name="x")) == f"layer 'x' (Own) {UNKNOWN}"


def test_channels_first():
    pool = layers.GlobalAveragePooling2D(data_format="channels_first", name="x")
    expected = "layer 'x' (GlobalAveragePooling2D) keeps its channels first"
    assert reasons(pool) == expected
