import keras
import numpy as np
from keras import layers

from keras_distill.compression.channels.channel_graph import ChannelGraph
from keras_distill.compression.channels.sliced_copy import sliced_copy


def test_chosen_channels_go_from_every_weight_that_holds_them():
    image = keras.Input((2, 2, 3))
    x = layers.Conv2D(4, 1, bias_initializer="random_normal", name="a")(image)
    x = layers.PReLU(alpha_initializer="random_normal", name="slope")(x)
    x = layers.Concatenate()([x, image])
    x = layers.SeparableConv2D(2, 1, depth_multiplier=2, name="b")(x)
    model = keras.Model(image, layers.Dense(2, name="head")(layers.Flatten()(x)))
    graph = ChannelGraph(model)
    dropped = np.zeros(graph.size, bool)
    dropped[graph.producers[0].numbers[[0, 2]]] = True
    small = sliced_copy(model, graph, dropped)

    def both(name):
        old, new = (each.get_layer(name).get_weights() for each in (model, small))
        return zip(old, new, strict=True)

    (kernel, new_kernel), (bias, new_bias) = both("a")
    np.testing.assert_array_equal(new_kernel, kernel[..., [1, 3]])
    np.testing.assert_array_equal(new_bias, bias[[1, 3]])
    ((alpha, new_alpha),) = both("slope")
    np.testing.assert_array_equal(new_alpha, alpha[..., [1, 3]])
    (depthwise, new_depthwise), (pointwise, new_pointwise), _ = both("b")
    np.testing.assert_array_equal(new_depthwise, depthwise[:, :, [1, 3, 4, 5, 6]])
    rows = [2, 3, 6, 7, 8, 9, 10, 11, 12, 13]
    np.testing.assert_array_equal(new_pointwise, pointwise[:, :, rows])
    for old, new in both("head"):
        np.testing.assert_array_equal(new, old)
