import inspect

import keras
import numpy as np
import pytest

from keras_distill.compression.graph.replaced_calls import replaced_calls


def double(original, /, *args, **kwargs):
    return 2 * original(*args, **kwargs)


def test_the_layer_computes_something_else_and_then_itself_again():
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    ones = np.ones((1, 3), "float32")
    assert float(layer(ones)[0, 0]) == 3
    with replaced_calls({layer: double}):
        assert inspect.signature(layer.call) == inspect.signature(type(layer).call.__get__(layer))
        assert float(layer(ones)[0, 0]) == 6
        with replaced_calls({layer: double}):
            assert float(layer(ones)[0, 0]) == 12
        assert float(layer(ones)[0, 0]) == 6
    assert float(layer(ones)[0, 0]) == 3
    assert "call" not in vars(layer)


def test_it_is_itself_again_after_an_error():
    layer = keras.layers.ReLU()
    with pytest.raises(KeyError), replaced_calls({layer: double}):
        raise KeyError
    assert "call" not in vars(layer)
