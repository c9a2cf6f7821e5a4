import keras
import numpy as np
from keras import layers

from keras_distill.compression.channels.channel_graph import ChannelGraph


def graph_of(*stack, shape=(3,)):
    return ChannelGraph(keras.Sequential([keras.Input(shape), *stack]))


def test_ties_are_found_whatever_their_order():
    graph = graph_of(layers.Dense(2))
    a, b, c = (graph.new(3) for _ in range(3))
    graph.tie(b, c)
    graph.freeze(c[1:2], "because")
    graph.tie(a, b)
    np.testing.assert_array_equal(graph.roots(a), graph.roots(c))
    assert len(set(graph.roots(a))) == 3


def test_a_reason_reaches_all_that_are_tied():
    image = keras.Input((3,))
    a, b = layers.Dense(4, name="a")(image), layers.Dense(4, name="b")(image)
    total = layers.Add()([a, b])
    fixed = layers.LayerNormalization(name="norm")(b)
    graph = ChannelGraph(keras.Model(image, layers.Dense(2)(layers.Add()([total, fixed]))))
    first = graph.tied()[0].group
    assert sorted(first.layers) == ["a", "b"] and "'norm'" in first.reason


def test_concatenated_parts_meet_a_whole():
    image = keras.Input((3,))
    parts = layers.Concatenate()([layers.Dense(n, name=f"d{n}")(image) for n in (2, 3)])
    total = layers.Add()([layers.Dense(5, name="whole")(image), parts])
    tied = ChannelGraph(keras.Model(image, layers.Dense(2, name="head")(total))).tied()
    assert [each.group.layers for each in tied] == [("d2", "d3", "whole"), ("head",)]
    assert tied[0].group.channels == len(tied[0].numbers) == 5


def test_consumers_and_slices_of_a_flattened_image():
    convolution, head = layers.Conv2D(2, 1), layers.Dense(4)
    graph = graph_of(convolution, layers.Flatten(), head, shape=(2, 2, 3))
    made = graph.producers[0].numbers
    assert [layer for layer, _ in graph.consumers] == [convolution, head]
    np.testing.assert_array_equal(graph.consumers[1][1], np.tile(made, 4))
    assert [axis for _, axis, _ in graph.slices[head]] == [-2, -1, 0]
