"""Recurrent networks over at most 32 steps, so that an int8 file can write each step out."""

import keras
from keras import layers

from architectures.architecture import Architecture
from architectures.made_up import signals, tokens


def _network(shape, *middle):
    """The builder of a stack of layers with a dense head; `middle` makes each anew."""

    def build():
        model = keras.Sequential([keras.Input(shape)])
        for make in middle:
            model.add(make())
        model.add(layers.Dense(10))
        return model

    return build


def _tokens(*middle):
    def build():
        model = keras.Sequential([keras.Input((16,), dtype="int32"), layers.Embedding(200, 32)])
        for make in middle:
            model.add(make())
        model.add(layers.Dense(10))
        return model

    return build


def _row(name, *middle, shape=(24, 8)):
    return Architecture(name, "recurrent", _network(shape, *middle), signals(*shape), fed="waves")


def _words(name, *middle):
    return Architecture(name, "recurrent", _tokens(*middle), tokens(16, 200), fed="tokens")


RECURRENT = [
    _row("lstm", lambda: layers.LSTM(32)),
    _row("gru", lambda: layers.GRU(32)),
    _row("simple_rnn", lambda: layers.SimpleRNN(32)),
    _row("bidirectional_lstm", lambda: layers.Bidirectional(layers.LSTM(16))),
    _row("stacked_gru", lambda: layers.GRU(24, return_sequences=True), lambda: layers.GRU(24)),
    _row(
        "conv_lstm1d",
        lambda: layers.ConvLSTM1D(8, 3, padding="same"),
        layers.GlobalAveragePooling1D,
        shape=(12, 16, 2),
    ),
    _row(
        "convolution_then_lstm",
        lambda: layers.Conv1D(16, 3, 2, activation="relu"),
        lambda: layers.LSTM(32),
    ),
    _words("embedding_lstm", lambda: layers.LSTM(32)),
    _words("embedding_bidirectional_gru", lambda: layers.Bidirectional(layers.GRU(16))),
]
