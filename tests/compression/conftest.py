"""Small models of the layers this room serves, and data they learn in seconds."""

import keras
import numpy as np
import pytest

layers = keras.layers


def mlp():
    return keras.Sequential(
        [
            keras.Input((12,), name="image"),
            layers.Dense(16, activation="relu", name="hidden"),
            layers.Dense(4, name="head"),
        ],
        name="mlp",
    )


def plain():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1), name="image"),
            layers.Conv2D(8, 3, activation="relu", name="conv_1"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Conv2D(8, 3, padding="same", activation="relu", name="conv_2"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.2, seed=1, name="dropout"),
            layers.Dense(4, name="head"),
        ],
        name="plain",
    )


def residual(layers=layers, make=keras.Model, start=keras.Input):
    image = start((8, 8, 1), name="image")
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv_1")(image)
    x = layers.BatchNormalization(name="norm_1")(x)
    short = x = layers.ReLU(name="relu_1")(x)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv_2")(x)
    x = layers.BatchNormalization(name="norm_2")(x)
    x = layers.Add(name="add")([x, short])
    x = layers.ReLU(name="relu_2")(x)
    x = layers.AveragePooling2D(2, name="pool")(x)
    x = layers.Flatten(name="flatten")(x)
    return make(image, layers.Dense(4, name="head")(x), name="residual")


def separable(layers=layers, make=keras.Model, start=keras.Input):
    image = start((8, 8, 1), name="image")
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")(image)
    x = layers.BatchNormalization(name="norm_1")(x)
    x = layers.ReLU(6.0, name="relu_1")(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = layers.BatchNormalization(name="norm_2")(x)
    x = layers.ReLU(6.0, name="relu_2")(x)
    x = layers.Conv2D(8, 1, use_bias=False, name="pointwise")(x)
    x = layers.BatchNormalization(name="norm_3")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return make(image, layers.Dense(4, name="head")(x), name="separable")


def everything():
    """Every layer that the issue names, in one network."""
    image = keras.Input((16, 16, 1), name="image")
    x = layers.Rescaling(2.0, -1.0, name="rescaling")(image)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="stem")(x)
    x = layers.BatchNormalization(momentum=0.8, name="stem_norm")(x)
    short = x = layers.ReLU(name="stem_relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    x = layers.BatchNormalization(momentum=0.8, name="depthwise_norm")(x)
    x = layers.ReLU(6.0, name="depthwise_relu")(x)
    x = layers.Conv2D(8, 1, use_bias=False, name="pointwise")(x)
    x = layers.BatchNormalization(momentum=0.8, name="pointwise_norm")(x)
    x = layers.Add(name="add")([x, short, short])
    x = layers.Activation("relu", name="add_relu")(x)
    x = layers.MaxPooling2D(2, name="max_pool")(x)
    left = layers.Conv2D(8, 3, padding="same", activation="hard_silu", name="left")(x)
    right = layers.Conv2D(8, 1, activation="relu6", name="right")(x)
    x = layers.Concatenate(name="concatenate")([left, right])
    x = layers.ZeroPadding2D(name="padding")(x)
    x = layers.Conv2D(16, 3, use_bias=False, name="last")(x)
    x = layers.BatchNormalization(momentum=0.8, name="last_norm")(x)
    x = layers.Activation("hard_swish", name="last_swish")(x)
    gate = layers.GlobalAveragePooling2D(keepdims=True, name="squeeze")(x)
    gate = layers.Conv2D(16, 1, activation="sigmoid", name="gate")(gate)
    x = layers.Multiply(name="multiply")([x, gate])
    x = layers.AveragePooling2D(2, name="average_pool")(x)
    x = layers.Reshape((256,), name="reshape")(x)
    x = layers.Dropout(0.1, seed=2, name="dropout")(x)
    return keras.Model(image, layers.Dense(4, name="head")(x), name="everything")


@keras.saving.register_keras_serializable(package="tests")
class Gated(layers.Layer):
    """A user's own composite: no `build`, names by chance, layers in a list."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.stages = [
            layers.Conv2D(units, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
        ]
        self.gate = layers.Dense(units, activation="sigmoid")
        self.drop = layers.Dropout(0.0)

    def call(self, inputs, training=None):
        x = inputs
        for stage in self.stages:
            x = stage(x)
        x = self.drop(x, training=training)
        return x * self.gate(keras.ops.mean(x, axis=(1, 2), keepdims=True)) + x

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def gated():
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(8, 3, padding="same", name="stem")(image)
    x = Gated(8, name="block_1")(x)
    x = Gated(8, name="block_2")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, layers.Dense(4, name="head")(x), name="gated")


def transformer(blocks=1):
    x = words = keras.Input((6, 8), name="words")
    for index in range(blocks):
        seen = layers.MultiHeadAttention(2, 4, name=f"attention_{index}")(x, x)
        x = layers.Add(name=f"add_{index}")([x, seen])
        x = layers.LayerNormalization(name=f"norm_{index}")(x)
        y = layers.Dense(16, activation="relu", name=f"up_{index}")(x)
        x = layers.Add(name=f"sum_{index}")([x, layers.Dense(8, name=f"down_{index}")(y)])
        x = layers.LayerNormalization(name=f"last_norm_{index}")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    return keras.Model(words, layers.Dense(4, name="head")(x), name="transformer")


@pytest.fixture
def build():
    """build(name) makes one of the models above."""
    makers = (gated, transformer, mlp, plain, residual, separable, everything)
    by_name = {maker.__name__: maker for maker in makers}
    return lambda name, **keywords: by_name[name](**keywords)


@pytest.fixture
def quadrants():
    """quadrants(count, size): images whose brightest quarter is their class."""

    def draw(count=512, size=16):
        rng = np.random.default_rng(0)
        labels = rng.integers(0, 4, count).astype("int32")
        images = rng.random((count, size, size, 1), dtype="float32") * 0.5
        half = size // 2
        for index, label in enumerate(labels):
            top, left = label // 2 * half, label % 2 * half
            images[index, top : top + half, left : left + half] += 0.3
        return images, labels

    return draw
