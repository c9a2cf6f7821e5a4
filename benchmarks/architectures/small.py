"""Small networks: what a microcontroller or a first lesson would hold."""

import keras
from keras import layers

from architectures.architecture import Architecture
from architectures.made_up import signals, waves
from architectures.settled import settled


def _mlp():
    """Three dense layers."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )


def lenet():
    """LeCun's five layers, with ReLU and largest values in place of tanh and averages."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10),
        ]
    )


def cnn(shape=(32, 32, 3)):
    """Three convolutions with batch normalization, pooled."""
    model = keras.Sequential([keras.Input(shape)])
    for filters in (16, 32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(10))
    return settled(model, waves(*shape))


def _plain_cnn():
    """Convolutions and averages alone, no normalization."""
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Rescaling(4.0, offset=-2.0)])
    for filters in (16, 32):
        model.add(layers.Conv2D(filters, 3, activation="relu", kernel_initializer="he_normal"))
        model.add(layers.AveragePooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    return model


def _depthwise():
    """Depthwise and pointwise pairs, strides in place of pooling."""
    inputs = x = keras.Input((32, 32, 3))
    for filters, strides in ((16, 1), (32, 2), (64, 2)):
        x = layers.DepthwiseConv2D(3, strides, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Conv2D(filters, 1, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU(max_value=6.0)(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    return settled(model, waves(32, 32, 3))


def _unet():
    """A U-Net that gives an image: dilated in the middle, transposed on the way up."""
    inputs = x = keras.Input((32, 32, 3))
    kept = []
    for filters in (8, 16):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        kept.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(32, 3, dilation_rate=2, padding="same", activation="relu")(x)
    for filters in (16, 8):
        x = layers.Conv2DTranspose(filters, 3, 2, padding="same", activation="relu")(x)
        x = layers.Concatenate()([x, kept.pop()])
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(3, 1, activation="sigmoid")(x))


def _conv1d():
    """A signal of two channels; the second convolution is dilated."""
    model = keras.Sequential([keras.Input((64, 2))])
    for filters, dilation in ((16, 1), (32, 2)):
        model.add(layers.Conv1D(filters, 5, dilation_rate=dilation, padding="causal"))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation("swish"))
        model.add(layers.MaxPooling1D())
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(10))
    return settled(model, signals(64, 2))


def _squeeze_excite():
    """Residual blocks whose channels are weighed by their own averages."""
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, 2, padding="same", activation="relu")(inputs)
    for _ in range(2):
        y = layers.Conv2D(16, 3, padding="same", use_bias=False)(x)
        y = layers.BatchNormalization()(y)
        s = layers.GlobalAveragePooling2D(keepdims=True)(y)
        s = layers.Conv2D(4, 1, activation="relu")(s)
        s = layers.Conv2D(16, 1, activation="hard_sigmoid")(s)
        x = layers.ReLU()(layers.Add()([x, layers.Multiply()([y, s])]))
    x = layers.GlobalAveragePooling2D()(x)
    return settled(keras.Model(inputs, layers.Dense(10)(x)), waves(32, 32, 3))


def _row(name, build, *shape):
    return Architecture(name, "cnn", build, waves(*shape), fed="waves")


SMALL = [
    _row("mlp", _mlp, 28, 28, 1),
    _row("lenet", lenet, 28, 28, 1),
    _row("cnn", cnn, 32, 32, 3),
    _row("plain_cnn", _plain_cnn, 32, 32, 3),
    _row("depthwise_cnn", _depthwise, 32, 32, 3),
    _row("unet", _unet, 32, 32, 3),
    Architecture("conv1d", "cnn", _conv1d, signals(64, 2), fed="waves"),
    _row("squeeze_excite", _squeeze_excite, 32, 32, 3),
]
