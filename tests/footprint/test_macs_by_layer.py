import keras
from keras import layers

from keras_distill.footprint import macs, macs_by_layer


def test_every_layer_by_its_path():
    inner = keras.Sequential([keras.Input((6, 6, 4)), layers.Conv2D(2, 3, name="a")], name="inner")
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, name="stem"),
            layers.ReLU(name="relu"),
            inner,
            layers.Flatten(name="flatten"),
            layers.Dense(5, name="head"),
        ]
    )
    expected = {"stem": 36 * 27 * 4, "relu": 0, "inner/a": 16 * 36 * 2, "flatten": 0}
    assert macs_by_layer(model) == {**expected, "head": 32 * 5}
    assert list(macs_by_layer(model)) == [*expected, "head"]
    assert sum(macs_by_layer(model).values()) == macs(model)


def test_a_layer_called_twice_counts_twice():
    inputs = keras.Input((4,))
    shared = layers.Dense(4, name="shared")
    assert macs_by_layer(keras.Model(inputs, shared(shared(inputs))))["shared"] == 32


def test_unknown_sizes_are_none_and_the_rest_is_counted():
    x = inputs = keras.Input((None, None, 1))
    x = layers.GlobalMaxPooling2D(name="pool")(layers.Conv2D(2, 3, name="first")(x))
    model = keras.Model(inputs, layers.Dense(3, name="head")(x))
    found = macs_by_layer(model)
    assert (found["first"], found["pool"], found["head"]) == (None, 0, 6)


def test_kernels_that_are_not_counted_are_none():
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 4, name="embedding")(inputs)
    x = layers.MultiHeadAttention(2, 3, name="attention")(x, x)
    x = layers.LSTM(5, name="memory")(layers.LayerNormalization(name="norm")(x))
    found = macs_by_layer(keras.Model(inputs, layers.Dense(2, name="head")(x)))
    expected = {"embedding": 0, "attention": None, "norm": 0, "memory": None, "head": 10}
    assert found == expected
