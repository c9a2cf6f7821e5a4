import re

import keras
import pytest
from keras import layers

from keras_distill.compression import ChannelGroup, channel_groups
from keras_distill.models import cifar_resnet

OUTPUT = "they are the model's output"


def test_a_residual_network():
    model = cifar_resnet(8, width=4, input_shape=(8, 8, 1))
    assert channel_groups(model) == [
        ChannelGroup(("stem", "stage_1_block_1_2"), 4),
        ChannelGroup(("stage_1_block_1_1",), 4),
        ChannelGroup(("stage_2_block_1_1",), 8),
        ChannelGroup(("stage_2_block_1_2", "stage_2_block_1_shortcut"), 8),
        ChannelGroup(("stage_3_block_1_1",), 16),
        ChannelGroup(("stage_3_block_1_2", "stage_3_block_1_shortcut"), 16),
        ChannelGroup(("logits",), 10, OUTPUT),
    ]


def test_nested_models_by_path_and_several_outputs():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(6, name="a")], name="inner")
    image = keras.Input((4,))
    x = inner(image)
    model = keras.Model(image, [layers.Dense(3, name="head")(layers.Dense(5, name="b")(x)), x])
    assert channel_groups(model) == [
        ChannelGroup(("inner/a",), 6, OUTPUT),
        ChannelGroup(("b",), 5),
        ChannelGroup(("head",), 3, OUTPUT),
    ]


def test_a_model_that_is_not_built():
    sentence = (
        "`channel_groups` expects a built model, whose weights exist. Received: 'raw', not built. "
        "Give it an `keras.Input`, or call `model.build(input_shape)` first."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        channel_groups(keras.Sequential([layers.Dense(2)], name="raw"))
