import keras
import numpy as np
from keras import layers

from keras_distill.compression.channels.channel_graph import ChannelGraph
from keras_distill.compression.channels.channel_scores import channel_scores


def model_and_graph():
    image = keras.Input((4, 4, 2))
    a = layers.Conv2D(3, 3, padding="same", name="a")(image)
    b = layers.Conv2DTranspose(3, 3, padding="same", name="b")(image)
    x = layers.Add()([layers.BatchNormalization(name="norm_a")(a), b])
    x = layers.BatchNormalization(name="norm_x")(x)
    x = layers.Conv2D(3, 1, name="c")(layers.BatchNormalization(scale=False)(x))
    model = keras.Model(image, layers.Dense(2, name="head")(layers.Flatten()(x)))
    return model, ChannelGraph(model)


def of(graph, importance, model):
    scores = channel_scores(graph, importance, model, None, None)
    return {tied.group.layers[0]: scores[tied.numbers] for tied in graph.tied()}


def test_l1_adds_the_filters_of_all_producers():
    model, graph = model_and_graph()
    a, b = np.array(model.get_layer("a").kernel), np.array(model.get_layer("b").kernel)
    # A transposed convolution keeps its filters on the last axis but one.
    expected = np.abs(a).sum((0, 1, 2)) + np.abs(b).sum((0, 1, 3))
    np.testing.assert_allclose(of(graph, "l1", model)["a"], expected, rtol=1e-6)


def test_bn_scale_adds_what_normalizes_the_channel():
    model, graph = model_and_graph()
    model.get_layer("norm_a").gamma.assign([1.0, -2.0, 0.5])
    model.get_layer("norm_x").gamma.assign([0.5, 1.0, -0.25])
    scores = of(graph, "bn_scale", model)
    np.testing.assert_allclose(scores["a"], [1.5, 3.0, 0.75])
    assert np.isnan(scores["c"]).all()
