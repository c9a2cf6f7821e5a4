import keras
import pytest

from keras_distill.compression import (
    QuantizeAnnotate,
    quantize_annotate_layer,
    quantize_annotate_model,
    quantize_model,
)


def annotated(model):
    return [layer.name for layer in model.layers if isinstance(layer, QuantizeAnnotate)]


def test_all_layers_or_those_that_are_named(build):
    model = build("mlp")
    assert annotated(quantize_annotate_model(model)) == ["hidden", "head"]
    assert annotated(quantize_annotate_model(model, layer_names=["head"])) == ["head"]


def test_what_is_marked_stays_as_it_was_marked():
    config = object.__new__(type("Config", (), {"get_config": dict}))
    marked = QuantizeAnnotate(keras.layers.Dense(2), config)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), marked])
    layers = quantize_annotate_model(model).layers
    assert [layer.quantize_config for layer in layers] == [None, config]


def test_a_path_into_a_nested_model(build):
    model = keras.Sequential([keras.Input((8, 8, 1)), build("residual")])
    inner = quantize_annotate_model(model, layer_names=["residual/conv_1"]).layers[0]
    assert annotated(inner) == ["conv_1"]


def test_a_name_that_no_layer_has(build):
    with pytest.raises(ValueError) as caught:
        quantize_annotate_model(build("mlp"), layer_names=["head", "tail"])
    assert str(caught.value) == (
        "`layer_names` holds 'tail', which no layer of 'mlp' is called. Expected names among: "
        "hidden, head."
    )


def test_a_model_that_is_quantized(build):
    with pytest.raises(ValueError) as caught:
        quantize_annotate_model(quantize_model(build("mlp")))
    assert str(caught.value) == (
        "`quantize_annotate_model` expects a model that is not prepared yet. Received: 'mlp', "
        "whose layer 'image_quantized' is a QuantizedInput already. Strip it first."
    )


def test_in_clone_model_as_tfmots_guide_does(build):
    def mark(layer):
        dense = isinstance(layer, keras.layers.Dense)
        return quantize_annotate_layer(layer) if dense else layer

    assert annotated(keras.models.clone_model(build("plain"), clone_function=mark)) == ["head"]
