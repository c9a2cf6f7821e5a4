import keras

from keras_distill.compression import QuantizedLayer
from keras_distill.compression.graph.rebuild import copy_layer
from keras_distill.compression.quantization.composite_plan import (
    is_fed_quantized,
    plan_composite,
    quantized_composite,
)


def wrap(layer, new, placement):
    return QuantizedLayer(new, placement.kernel, placement.before_activation, placement.output)


def places(placements):
    return {
        path: (each.kernel, each.before_activation, each.output)
        for path, each in placements.items()
    }


def test_inside_a_layer_of_ones_own(build):
    block = build("gated").get_layer("block_1")
    placements, attention, _ = plan_composite(block)
    assert places(placements) == {
        "stages/0": ("per_channel", False, False),  # folded with the normalization and ReLU
        "stages/1": (None, False, False),
        "stages/2": (None, False, True),
        "gate": ("per_tensor", True, False),
    }
    assert attention == []


def test_inside_attention(build):
    layer = build("transformer").get_layer("attention_0")
    placements, attention, _ = plan_composite(layer)
    products = ("_query_dense", "_key_dense", "_value_dense", "_output_dense")
    assert places(placements) == {
        **dict.fromkeys(products, ("per_tensor", False, True)),
        "_softmax": (None, True, False),
    }
    assert attention == [""]


def test_inputs_are_quantized_where_nothing_before_them_is(build):
    block = build("gated").get_layer("block_1")
    wrapped = quantized_composite(block, copy_layer(block), wrap)
    assert wrapped.input_paths == ["stages/0", "gate"]
    assert wrapped.output_quantized  # a sum that no layer owns
    wrapped = quantized_composite(block, copy_layer(block), wrap, input_quantized=True)
    assert wrapped.input_paths == ["gate"]


def test_nothing_to_quantize_inside():
    class Bare(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.norm = keras.layers.LayerNormalization()

        def call(self, inputs):
            return self.norm(inputs)

    layer = Bare()
    layer(keras.Input((4,)))
    assert quantized_composite(layer, Bare(), wrap) is None


def test_a_call_that_cannot_be_followed_leaves_the_layer_float():
    class Opaque(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(4)
            self.dense.build((None, 4))

        def call(self, inputs):
            return self.dense(keras.ops.convert_to_tensor(keras.ops.convert_to_numpy(inputs)))

        def compute_output_shape(self, input_shape):
            return input_shape

    layer = Opaque()
    layer(keras.Input((4,)))
    assert quantized_composite(layer, Opaque(), wrap) is None


def test_what_a_layer_is_fed(build):
    model = build("gated")
    head, pool = model.get_layer("head"), model.get_layer("pool")
    assert is_fed_quantized(head, {pool})
    assert not is_fed_quantized(head, {head})
