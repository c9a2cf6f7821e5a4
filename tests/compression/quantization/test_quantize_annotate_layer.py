import keras
import pytest

from keras_distill.compression import QuantizeAnnotate, QuantizedLayer, quantize_annotate_layer


def refused(*arguments):
    with pytest.raises(ValueError) as caught:
        quantize_annotate_layer(*arguments)
    return str(caught.value)


def test_marks_a_layer():
    layer = keras.layers.Dense(2)
    marked = quantize_annotate_layer(layer)
    assert isinstance(marked, QuantizeAnnotate)
    assert marked.layer is layer
    assert marked.quantize_config is None


def test_twice():
    marked = quantize_annotate_layer(keras.layers.Dense(2, name="head"))
    assert refused(marked) == (
        "`quantize_annotate_layer` expects a layer that is not annotated yet. Received: 'head', "
        "which is annotated already. Pass the layer itself."
    )
    assert refused(QuantizedLayer(keras.layers.Dense(2, name="head"))) == (
        "`quantize_annotate_layer` expects a layer that is not annotated yet. Received: 'head', "
        "which is quantized already. Pass the layer itself."
    )


def test_a_model(build):
    assert refused(build("mlp")) == (
        "`quantize_annotate_layer` expects a `keras.layers.Layer`. Received: an object of type "
        "'Sequential'. For a whole model call `quantize_annotate_model`."
    )


def test_a_configuration_that_is_none():
    assert refused(keras.layers.Dense(2), 8) == (
        "`quantize_config` is a `QuantizeConfig`, of keras_distill.compression or of TF-MOT. "
        "Received: an object of type 'int' without get_weights_and_quantizers, "
        "get_activations_and_quantizers, set_quantize_weights, set_quantize_activations, "
        "get_output_quantizers, get_config. Subclass `keras_distill.compression.QuantizeConfig`."
    )
