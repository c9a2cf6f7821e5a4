import keras
import numpy as np

from keras_distill.compression import ActivationQuantizer


def test_256_levels_between_minus_six_and_six_before_training():
    values = np.linspace(-7, 7, 2001).astype("float32")
    rounded = np.asarray(ActivationQuantizer()(values))
    levels = np.unique(rounded)
    assert len(levels) == 256
    np.testing.assert_allclose(np.diff(levels), 12 / 255, atol=1e-5)
    assert np.abs(rounded - np.clip(values, -6, 6)).max() <= 12 / 255


def test_range_moves_a_thousandth_of_the_way_in_each_training_pass():
    layer = ActivationQuantizer()
    layer(np.array([0.0, 10.0], "float32"), training=True)
    np.testing.assert_allclose(layer.range_min, -6 + 0.001 * 6, atol=1e-6)
    np.testing.assert_allclose(layer.range_max, 6 + 0.001 * 4, atol=1e-6)
    layer(np.array([0.0, 10.0], "float32"))
    np.testing.assert_allclose(layer.range_max, 6 + 0.001 * 4, atol=1e-6)


def test_half_precision_goes_through():
    values = keras.ops.cast(np.array([[0.5, 9.0]]), "float16")
    rounded = ActivationQuantizer()(values)
    assert keras.backend.standardize_dtype(rounded.dtype) == "float16"
    np.testing.assert_allclose(rounded, [[0.5, 6.0]], atol=0.03)


def test_configuration_goes_round():
    layer = ActivationQuantizer(name="q")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
