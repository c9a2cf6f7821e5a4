import inspect
import threading

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


def test_another_thread_sees_its_own_replacement_only():
    """MirroredStrategy's replicas run in turns, and change over in the middle of a call."""
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    ones = np.ones((1, 3), "float32")
    layer(ones)
    inside, go_on, seen = threading.Event(), threading.Event(), []

    def other():
        with replaced_calls({layer: lambda original, x: original(x) + 100}):
            inside.set()
            go_on.wait(10)
            seen.append(float(layer(ones)[0, 0]))

    thread = threading.Thread(target=other)
    with replaced_calls({layer: double}):
        thread.start()
        inside.wait(10)
        assert float(layer(ones)[0, 0]) == 6
    assert float(layer(ones)[0, 0]) == 3
    go_on.set()
    thread.join()
    assert seen == [103.0]
    assert "call" not in vars(layer)


def test_one_that_was_replaced_before_is_given_back():
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    ones = np.ones((1, 3), "float32")
    layer(ones)
    call = layer.call
    tap = vars(layer)["call"] = lambda inputs: call(inputs) + 1
    with replaced_calls({layer: double}):
        assert float(layer(ones)[0, 0]) == 8
    assert vars(layer)["call"] is tap
