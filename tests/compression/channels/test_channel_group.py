import dataclasses

import pytest

from keras_distill.compression import ChannelGroup


def test_one_line_each():
    assert str(ChannelGroup(("a", "b"), 1024)) == "a, b: 1,024 channels"
    head = ChannelGroup(("head",), 10, "they are the model's output")
    assert str(head) == "head: 10 channels, left alone: they are the model's output"


def test_it_is_a_fact():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ChannelGroup(("a",), 4).channels = 5
