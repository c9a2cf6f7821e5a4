import keras
import numpy as np

from keras_distill.compression import QuantizeAnnotate


def test_computes_what_the_layer_computes_and_goes_round():
    layer = QuantizeAnnotate(keras.layers.Dropout(0.5, seed=1, name="dropout"))
    values = np.ones((2, 8), "float32")
    np.testing.assert_array_equal(layer(values), values)
    assert np.any(np.asarray(layer(values, training=True)) == 0)
    assert layer.name == "dropout"
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
