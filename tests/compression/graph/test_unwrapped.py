import keras
import numpy as np

from keras_distill.compression import prune_low_magnitude
from keras_distill.compression.graph.unwrapped import unwrapped
from keras_distill.compression.sparsity.pruned_layer import PrunedLayer


def test_the_layers_themselves_come_back_beside_what_stood_for_them():
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(2)]
    )
    prepared = prune_low_magnitude(model)
    plain, pairs = unwrapped(prepared, PrunedLayer)
    assert [type(layer) for layer in plain.layers] == [keras.layers.Dense] * 2
    assert [old for old, _ in pairs] == [
        layer for layer in prepared.layers if isinstance(layer, PrunedLayer)
    ]
    assert [new for _, new in pairs] == plain.layers
    x = np.random.default_rng(0).random((3, 6)).astype("float32")
    np.testing.assert_array_equal(plain(x), model(x))


def test_other_kinds_stay():
    model = prune_low_magnitude(keras.Sequential([keras.Input((6,)), keras.layers.Dense(4)]))
    copy, pairs = unwrapped(model, ())
    assert pairs == []
    assert [type(layer) for layer in copy.layers] == [type(layer) for layer in model.layers]
