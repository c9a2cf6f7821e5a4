import keras

from keras_distill.compression.graph.inner_layers import (
    inner_layers,
    is_composite,
    named_paths,
    outermost_paths,
)

layers = keras.layers


def test_paths_are_attributes(build):
    block = build("gated").get_layer("block_1")
    inner = inner_layers(block)
    assert list(inner) == ["drop", "gate", "stages/0", "stages/1", "stages/2"]
    assert inner["stages/0"] is block.stages[0]
    copy = type(block).from_config(block.get_config())
    assert list(inner_layers(copy)) == list(inner)


def test_paths_lead_into_composites_inside_composites(build):
    model = build("transformer", blocks=2)

    class Outer(layers.Layer):
        def __init__(self):
            super().__init__()
            self._self_made = layers.Dense(2)  # TensorFlow's own attributes begin so too
            self.named = {"first": model.get_layer("attention_0")}
            self.graph = model
            self.again = self.named["first"]

    inner = inner_layers(Outer())
    assert inner["again/_query_dense"] is model.get_layer("attention_0")._query_dense
    assert inner["graph/attention_1/_key_dense"] is model.get_layer("attention_1")._key_dense
    assert "_self_made" in inner
    assert not any("tracking" in path or "dependenc" in path for path in inner)
    assert len(inner) == len({id(layer) for layer in inner.values()})


def test_people_read_names_where_these_tell_layers_apart():
    class Pair(layers.Layer):
        def __init__(self):
            super().__init__()
            self.left, self.right = layers.Dense(2, name="same"), layers.Dense(2, name="same")
            self.last = layers.MultiHeadAttention(2, 4, name="attention")

    pair = Pair()
    pair.last.build((None, 3, 8), (None, 3, 8))
    names = named_paths(pair)
    assert (names["left"], names["right"]) == ("left", "right")
    assert names["last/_output_dense"] == "attention/attention_output"


def test_what_is_composite(build):
    assert is_composite(layers.MultiHeadAttention(2, 4)) is False  # not built: nothing inside yet
    assert is_composite(build("transformer").get_layer("attention_0"))
    assert is_composite(build("gated").get_layer("block_1"))
    for layer in (layers.Dense(2), layers.LSTM(2), layers.Bidirectional(layers.LSTM(2))):
        assert not is_composite(layer)
    assert not is_composite(layers.TimeDistributed(layers.Dense(2)))


def test_of_nested_layers_the_outermost_are_chosen():
    class Holder(layers.Layer):
        def __init__(self):
            super().__init__()
            self.both = layers.Bidirectional(layers.LSTM(2))
            self.both_too = layers.LSTM(2)  # begins like a path above, and is not in it
            self.unused = layers.LSTM(2)

    holder = Holder()
    for layer in (holder.both, holder.both_too):
        layer.build((None, 3, 4))
    kinds = (layers.LSTM, layers.Bidirectional)
    assert outermost_paths(holder, lambda one: isinstance(one, kinds)) == ["both", "both_too"]
    lstms = outermost_paths(holder, lambda one: type(one) is layers.LSTM)
    assert lstms == ["both/backward_layer", "both/forward_layer", "both_too"]
