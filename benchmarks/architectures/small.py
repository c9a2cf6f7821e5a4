"""Small networks: what a microcontroller or a first lesson would hold."""

import keras
from architectures.architecture import Architecture
from architectures.made_up import waves
from architectures.settled import settled
from keras import layers


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


def _cnn():
    """Three convolutions with batch normalization, pooled."""
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for filters in (16, 32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(10))
    return settled(model, waves(32, 32, 3))


SMALL = [
    Architecture("mlp", "cnn", _mlp, waves(28, 28, 1), fed="waves"),
    Architecture("cnn", "cnn", _cnn, waves(32, 32, 3), fed="waves"),
]
