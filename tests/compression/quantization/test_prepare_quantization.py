import keras

from keras_distill.compression import QuantizedInput, QuantizedLayer
from keras_distill.compression.quantization.prepare_quantization import prepare_quantization


def test_only_inputs_that_feed_a_chosen_layer_are_quantized(build):
    model = build("mlp")
    chosen = {model.get_layer("head")}
    prepared = prepare_quantization("verb", model, False, False, chosen)
    assert not any(isinstance(layer, QuantizedInput) for layer in prepared.layers)
    assert prepared.get_layer("head").quantized_kernel == "per_tensor"


def test_indices_are_not_rounded():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Embedding(300, 2, name="table")])
    prepared = prepare_quantization("verb", model, False, False, prefix="quant_")
    assert [type(layer) for layer in prepared.layers] == [QuantizedLayer]
    assert prepared.layers[0].name == "quant_table"
