"""Graphs that are no single chain: several ends, nested models, Keras operations, own classes."""

import keras
from keras import layers, ops

from architectures.architecture import Architecture
from architectures.made_up import normal, tokens, waves
from architectures.settled import settled

_IMAGE = waves(32, 32, 3)


def _image_and_numbers(n, seed):
    return {"image": _IMAGE(n, seed), "numbers": normal(6)(n, seed + 100)}


def _multi_input():
    """An image and six numbers, joined before the head."""
    image = keras.Input((32, 32, 3), name="image")
    numbers = keras.Input((6,), name="numbers")
    x = layers.Conv2D(16, 3, 2, activation="relu")(image)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(32, 3, 2, activation="relu")(x))
    y = layers.Dense(16, activation="relu")(numbers)
    outputs = layers.Dense(10)(layers.Concatenate()([x, y]))
    return keras.Model({"image": image, "numbers": numbers}, outputs)


def _stem(inputs):
    x = layers.Conv2D(16, 3, 2, padding="same", activation="relu")(inputs)
    return layers.Conv2D(32, 3, 2, padding="same", activation="relu")(x)


def _multi_output():
    """A list of two outputs: classes and a box."""
    inputs = keras.Input((32, 32, 3))
    x = layers.GlobalAveragePooling2D()(_stem(inputs))
    return keras.Model(
        inputs, [layers.Dense(10, name="classes")(x), layers.Dense(4, name="box")(x)]
    )


def _dict_outputs():
    """A dict of outputs: classes, and a small map."""
    inputs = keras.Input((32, 32, 3))
    x = _stem(inputs)
    pooled = layers.GlobalAveragePooling2D()(x)
    outputs = {"classes": layers.Dense(10)(pooled), "map": layers.Conv2D(3, 1)(x)}
    return keras.Model(inputs, outputs)


def _nested():
    """A functional model inside a Sequential inside a functional model."""
    inside = keras.Input((16, 16, 16))
    y = layers.Conv2D(16, 3, padding="same", use_bias=False)(inside)
    y = layers.BatchNormalization()(y)
    block = keras.Model(inside, layers.ReLU()(layers.Add()([inside, y])), name="block")
    body = keras.Sequential([block, layers.MaxPooling2D(), layers.Flatten()], name="body")
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, 2, padding="same", activation="relu")(inputs)
    return settled(keras.Model(inputs, layers.Dense(10)(body(x))), _IMAGE)


def _shared_layers():
    """Two images through the same layers, compared."""
    left, right = keras.Input((32, 32, 3), name="left"), keras.Input((32, 32, 3), name="right")
    tower = [
        layers.Conv2D(16, 3, 2, activation="relu"),
        layers.Conv2D(32, 3, 2, activation="relu"),
        layers.GlobalAveragePooling2D(),
    ]
    ends = []
    for x in (left, right):
        for layer in tower:
            x = layer(x)
        ends.append(x)
    x = layers.Concatenate()([layers.Subtract()(ends), layers.Multiply()(ends)])
    return keras.Model({"left": left, "right": right}, layers.Dense(10)(x))


def _two_images(n, seed):
    return {"left": _IMAGE(n, seed), "right": _IMAGE(n, seed + 100)}


def _operations():
    """Keras operations in place of layers: slices, products, sums, shapes."""
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
    x = ops.concatenate([x[:, ::2, ::2], -x[:, 1::2, 1::2]], axis=-1)
    x = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    x = ops.reshape(x, (-1, 18 * 18, 32))
    weights = ops.softmax(ops.mean(x, axis=-1), axis=-1)
    x = ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), x), axis=1)
    x = ops.tanh(x) + ops.maximum(x, 0.0) * 0.5
    return keras.Model(inputs, layers.Dense(10)(x))


def _standard():
    """About mean 0 and deviation 1: without it the mean brightness is most of each patch."""
    return layers.Rescaling(4.0, offset=-2.0)


def _mixer():
    """A mixer: one product over positions, one over channels, GELU between."""
    inputs = keras.Input((32, 32, 3))
    x = layers.Reshape((64, 24))(layers.Conv2D(24, 4, 4)(_standard()(inputs)))
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        y = ops.transpose(
            layers.Dense(64, activation="gelu")(ops.transpose(y, (0, 2, 1))), (0, 2, 1)
        )
        x = x + y
        x = x + layers.EinsumDense("abc,cd->abd", (None, 24), activation="gelu")(x)
    return keras.Model(inputs, layers.Dense(10)(ops.mean(x, axis=1)))


def _transformer_block(x, heads, width):
    y = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(heads, width // heads)(y, y)
    y = layers.LayerNormalization()(x)
    return x + layers.Dense(width)(layers.Dense(2 * width, activation="gelu")(y))


def _vit():
    """A small vision transformer of Keras's own layers."""
    inputs = keras.Input((32, 32, 3))
    x = layers.Reshape((64, 32))(layers.Conv2D(32, 4, 4)(_standard()(inputs)))
    positions = layers.Embedding(64, 32)(ops.expand_dims(ops.arange(64), 0))
    x = x + positions
    for _ in range(2):
        x = _transformer_block(x, 4, 32)
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    return keras.Model(inputs, layers.Dense(10)(x))


def text_transformer(vocabulary=200, length=16, width=32, classes=10):
    """Words and positions through two blocks."""
    inputs = keras.Input((length,), dtype="int32")
    x = layers.Embedding(vocabulary, width)(inputs)
    x = x + layers.Embedding(length, width)(ops.expand_dims(ops.arange(length), 0))
    for _ in range(2):
        x = _transformer_block(x, 4, width)
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    return keras.Model(inputs, layers.Dense(classes)(x))


class OwnClass(keras.Model):
    """A network whose graph is written in `call`."""

    def __init__(self):
        super().__init__()
        self.first = layers.Conv2D(16, 3, 2, activation="relu")
        self.second = layers.Conv2D(16, 3, padding="same", activation="relu")
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(10)

    def call(self, x):
        x = self.first(x)
        for _ in range(2):  # the same weights twice
            x = x + self.second(x)
        return self.head(self.pool(x))


def _subclassed():
    model = OwnClass()
    model(_IMAGE(1, 0))
    return model


GRAPHS = [
    Architecture("multi_input", "graph", _multi_input, _image_and_numbers, fed="waves"),
    Architecture("multi_output", "graph", _multi_output, _IMAGE, fed="waves"),
    Architecture("dict_outputs", "graph", _dict_outputs, _IMAGE, fed="waves"),
    Architecture("nested", "graph", _nested, _IMAGE, fed="waves"),
    Architecture("shared_layers", "graph", _shared_layers, _two_images, fed="waves"),
    Architecture("keras_operations", "graph", _operations, _IMAGE, fed="waves"),
    Architecture("mixer", "graph", _mixer, _IMAGE, fed="waves"),
    Architecture("subclassed", "graph", _subclassed, _IMAGE, fed="waves"),
    Architecture("vit", "transformer", _vit, _IMAGE, fed="waves"),
    Architecture(
        "text_transformer", "transformer", text_transformer, tokens(16, 200), fed="tokens"
    ),
]
