"""Hard swish in parts is hard swish, and no operator that XNNPACK leaves to others."""

import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.export.contents.delegates import delegates
from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.serving.hard_swish import hard_swish

layers = keras.layers


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((8, 8, 2))
    x = layers.Conv2D(6, 3, activation="hard_swish")(inputs)
    x = layers.Activation("hard_silu")(layers.Conv2D(6, 1)(x))
    x = keras.ops.hard_silu(layers.BatchNormalization()(x))
    return keras.Model(inputs, layers.Dense(4)(layers.GlobalAveragePooling2D()(x)))


def test_values_are_keras_s_own_and_so_is_the_function_afterwards():
    x = np.linspace(-5, 5, 101).astype("float32")
    before = keras.activations.hard_silu(x)
    with hard_swish(True):
        during = keras.activations.hard_silu(x)
    np.testing.assert_allclose(during, before, atol=1e-6)
    np.testing.assert_array_equal(keras.activations.hard_silu(x), before)


def test_an_int8_file_has_no_operator_outside_xnnpack(network, tmp_path):
    images = 4 * np.random.default_rng(0).normal(size=(60, 8, 8, 2)).astype("float32")
    made = to_tflite(network, tmp_path / "v3.tflite", "int8", calibration_data=images)
    assert made.parity.signal_to_noise_db > 25
    assert "HARD_SWISH" not in {operator.name for operator in read(made.path).operators}
    assert all(row["xnnpack"] for row in delegates(made.path)["operators"])


def test_a_float_file_keeps_the_one_operator(network, tmp_path):
    made = to_tflite(network, tmp_path / "v3.tflite")
    names = [operator.name for operator in read(made.path).operators]
    assert names.count("HARD_SWISH") == 3
