import keras

from keras_distill.compression.quantization.layer_graph import LayerGraph

layers = keras.layers


def test_who_feeds_whom():
    image = keras.Input((8, 8, 3))
    conv, norm = layers.Conv2D(4, 3), layers.BatchNormalization()
    x = conv(image)
    y = norm(x)
    graph = LayerGraph.of_model(keras.Model(image, y))
    assert graph.consumers[conv] == [norm] and graph.consumers[norm] == [None]
    assert graph.producers[norm] == [conv]
    assert graph.sole_consumer(conv) is norm and graph.folds(norm)
    both = LayerGraph.of_model(keras.Model(image, [x, y]))
    assert both.sole_consumer(conv) is None and not both.folds(norm)


def test_indices_are_seen_in_nested_models_too():
    def lookup():
        tokens = keras.Input((4,))
        x = layers.Embedding(9, 2)(layers.Reshape((2, 2))(tokens))
        return keras.Model(tokens, x)

    def takes_indices(model):
        return LayerGraph.of_model(model).takes_indices(model.inputs[0]._keras_history.operation)

    outer = keras.Input((4,))
    assert takes_indices(lookup())
    assert takes_indices(keras.Model(outer, lookup()(outer)))
    assert not takes_indices(keras.Model(outer, lookup()(layers.Dense(4)(outer))))
