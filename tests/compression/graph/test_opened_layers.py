import keras

from keras_distill.compression import prune_low_magnitude, quantize_model
from keras_distill.compression.graph.opened_layers import opened_layers, weights_inside


def test_prepared_composites_are_opened(build):
    model = build("transformer")
    assert "attention_0/query" not in dict(opened_layers(model))
    pruned = dict(opened_layers(prune_low_magnitude(model)))
    attention = [path for path in pruned if path.startswith("attention_0")]
    products = ("key", "attention_output", "query", "value")
    assert sorted(attention) == sorted(
        ["attention_0", *(f"attention_0/{name}" for name in products)]
    )
    assert type(pruned["attention_0/query"]).__name__ == "PrunedLayer"
    quantized = list(dict(opened_layers(quantize_model(model))))
    assert any(path.startswith("attention_0/softmax") for path in quantized)


def test_weights_inside_are_all_but_the_composites_own(build):
    block = build("gated").get_layer("block_1")
    assert {id(weight) for weight in weights_inside(block)} == {
        id(weight) for weight in block.weights
    }


def test_what_is_inside_a_prepared_layer_is_no_row_of_its_own():
    class Block(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.memory, self.last = keras.layers.LSTM(3), keras.layers.Dense(2)

        def call(self, inputs):
            return self.last(self.memory(inputs))

    words = keras.Input((4, 5))
    pruned = prune_low_magnitude(keras.Model(words, Block(name="block")(words)))
    kinds = [type(layer).__name__ for _, layer in opened_layers(pruned)]
    assert kinds == ["PrunedComposite", "PrunedLayer", "PrunedLayer"]
