"""Every layer, by its path."""

import keras

from keras_distill.export.serving.layer_paths import layer_paths

layers = keras.layers


def test_nested_wrapped_and_shared():
    shared = layers.Dense(3, name="shared")
    lstm = layers.LSTM(3, return_sequences=True, name="lstm")
    inner = keras.Sequential([keras.Input((5, 3)), layers.Bidirectional(lstm, name="both")])
    inner.name = "inner"
    inputs = keras.Input((5, 3))
    model = keras.Model(inputs, shared(inner(shared(inputs))[:, 0, :3]))
    paths = layer_paths(model)
    assert paths["shared"] is shared
    assert "inner/both" in paths
    assert [p for p in paths if isinstance(paths[p], layers.LSTM)] == [
        "inner/both/forward_lstm",
        "inner/both/backward_lstm",
    ]
    assert len({id(layer) for layer in paths.values()}) == len(paths)
