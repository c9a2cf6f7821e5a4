import keras

from keras_distill.compression.quantization.traced_graph import traced_graph


def trace(layer):
    arguments = layer._inbound_nodes[0].arguments
    return traced_graph(layer, arguments.args, arguments.kwargs)


def test_who_feeds_whom_in_a_layer_of_ones_own(build):
    model = build("gated")
    block = model.get_layer("block_1")
    before = [weight.numpy() for weight in block.weights]
    graph, called = trace(block)
    conv, norm, relu = block.stages
    assert called == [conv, norm, relu, block.drop, block.gate]
    assert graph.consumers[conv] == [norm]
    assert graph.consumers[norm] == [relu]
    # The mean and two products: operations that no layer owns.
    assert set(graph.consumers[relu]) == {None}
    assert graph.producers[block.gate] == [None]
    assert isinstance(graph.producers[conv][0], keras.layers.InputLayer)
    assert graph.results == [None]
    for old, new in zip(before, block.weights, strict=True):
        assert (old == new.numpy()).all()
    assert "call" not in vars(conv)


def test_the_model_does_not_remember_the_trace(build):
    model = build("gated")
    stem = model.get_layer("stem")
    nodes = len(stem._outbound_nodes)
    trace(model.get_layer("block_1"))
    assert len(stem._outbound_nodes) == nodes
    assert len(model.get_layer("block_1")._inbound_nodes) == 1


def test_what_only_moves_values_is_seen_through():
    class Moving(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.first, self.second = keras.layers.Dense(4), keras.layers.Dense(2)

        def call(self, inputs):
            x = keras.ops.transpose(self.first(inputs), (0, 2, 1))
            return self.second(keras.ops.reshape(x, (-1, 12)))

    layer = Moving()
    layer(keras.Input((3, 5)))
    graph, _ = trace(layer)
    assert graph.producers[layer.second] == [layer.first]
    assert graph.results == [layer.second]
