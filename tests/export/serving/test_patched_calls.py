"""For the block and no longer."""

import keras
import numpy as np
import pytest

from keras_distill.export.serving.patched_calls import patched_calls


def test_runs_through_the_function_and_is_given_back():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name="d")])
    x = np.ones((1, 2), "float32")
    before = model(x).numpy()
    seen = []

    def around(path, layer, call, *args, **kwargs):
        seen.append((path, layer))
        return call(*args, **kwargs) + 1

    with pytest.raises(ValueError, match="^stop$"), patched_calls({"d": model.layers[0]}, around):
        np.testing.assert_allclose(model(x), before + 1)
        raise ValueError("stop")
    assert seen == [("d", model.layers[0])]
    assert "call" not in vars(model.layers[0])
    np.testing.assert_array_equal(model(x), before)


def test_one_inside_the_other():
    layer = keras.layers.Identity()
    x = keras.ops.convert_to_tensor([2.0])
    with patched_calls({"a": layer}, lambda path, layer, call, x: call(x) + 1):
        with patched_calls({"a": layer}, lambda path, layer, call, x: call(x) * 3):
            assert float(layer(x)[0]) == 9
        assert float(layer(x)[0]) == 3
