import keras
import numpy as np

from keras_distill.compression import QuantizedInput


def test_range_is_the_widest_seen_in_training():
    layer = QuantizedInput()
    layer(np.array([[0.5, 1.0]], "float32"), training=True)
    layer(np.array([[-1.0, 0.5]], "float32"), training=True)
    layer(np.array([[9.0]], "float32"), training=False)
    assert (float(layer.range_min), float(layer.range_max)) == (-1.0, 1.0)


def test_configuration_goes_round():
    layer = QuantizedInput(name="image_quantized")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
