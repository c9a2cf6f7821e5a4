"""Scopes in a file's names, and the layers that they came from."""

import keras
import pytest

from keras_distill.export.diagnosis.layer_path import layer_path, output_path

layers = keras.layers


@pytest.fixture(scope="module")
def model():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(3, 3, name="conv")(inputs)
    x = layers.Conv2D(3, 3, name="conv_1")(x)
    x = layers.ReLU(name="relu")(x)
    backbone = keras.Model(inputs, x, name="backbone")
    inputs = keras.Input((8, 8, 3))
    x = layers.Flatten(name="flat")(backbone(inputs))
    return keras.Model(inputs, layers.Dense(2, name="head")(x), name="net")


@pytest.mark.parametrize(
    "names, expected",
    [
        (["net_1/flat_1/Reshape"], "flat"),
        # The scope conv_1 is the layer conv, and conv_1_1 is conv_1.
        (["net_1/backbone_1/conv_1/convolution"], "backbone/conv"),
        (["net_1/backbone_1/conv_1_1/convolution"], "backbone/conv_1"),
        # Of several fused, the one with a kernel.
        (["net_1/backbone_1/relu_1/Relu;net_1/backbone_1/conv_1/add"], "backbone/conv"),
        (["net_1/backbone_1/relu_1/Relu"], "backbone/relu"),
        # The last operator is named like the output; its kernel tells.
        (["StatefulPartitionedCall_1:0", "net_1/head_1/MatMul"], "head"),
        # A wrapper around a layer of its name.
        (["net_1/head_1/head_1/MatMul"], "head"),
        (["arith.constant"], ""),
    ],
)
def test_paths(model, names, expected):
    assert layer_path(model, names) == expected


def test_the_layer_of_an_output(model):
    assert output_path(model, 0) == "head"
    whole = keras.Sequential([keras.Input((8, 8, 3)), model.get_layer("backbone")])
    assert output_path(whole, 0) == "backbone/relu"
