"""The same verdicts as TF-MOT's policy on the tf_keras twin of each model."""

import importlib

import keras
import pytest

from keras_distill import _tfmot
from keras_distill.compression import PrunedLayer, PruneForLatencyOnXNNPack, prune_low_magnitude


def network(layers, make, start, stem="valid", block=(), end=True, pool=True):
    x = image = start((16, 16, 3), name="image")
    if stem == "valid":
        x = layers.ZeroPadding2D(1, name="stem_pad")(x)
    x = layers.Conv2D(8, 3, strides=2, padding=stem, name="stem")(x)
    x = short = layers.ReLU(6.0, name="stem_relu")(layers.BatchNormalization(name="norm")(x))
    for name, config in block:
        config = {**config, "name": f"{config.get('name', name)}".lower()}
        x = getattr(layers, name)(**config)(x)
    x = layers.Conv2D(8, 1, name="pointwise")(x)
    x = layers.Add(name="add")([x, short]) if x.shape == short.shape else x
    if pool:
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        x = layers.Reshape((1, 1, 8), name="reshape")(x)
    x = layers.Conv2D(4, 1, name="classes")(x)
    return make(image, layers.Flatten(name="flatten")(x) if end else x, name="network")


SAME = ("DepthwiseConv2D", {"kernel_size": 3, "padding": "same"})
CASES = {
    "plain": ({}, None),
    "depthwise 3": ({"block": [SAME]}, None),
    "depthwise 5": ({"block": [("DepthwiseConv2D", {"kernel_size": 5, "padding": "same"})]}, None),
    "padded stride 2": (
        {
            "block": [
                ("ZeroPadding2D", {"padding": 1}),
                ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2}),
            ]
        },
        None,
    ),
    "activations": (
        {
            "block": [
                ("Activation", {"activation": "sigmoid"}),
                ("LeakyReLU", {}),
                ("UpSampling2D", {"interpolation": "bilinear"}),
            ]
        },
        None,
    ),
    "unpadded stride 2": (
        {"block": [("DepthwiseConv2D", {"kernel_size": 3, "strides": 2})]},
        "DepthwiseConv2D",
    ),
    "wrongly padded": (
        {
            "block": [
                ("ZeroPadding2D", {"padding": 1}),
                ("DepthwiseConv2D", {"kernel_size": 5}),
            ]
        },
        "DepthwiseConv2D",
    ),
    "multiplied": (
        {
            "block": [
                (
                    "DepthwiseConv2D",
                    {"kernel_size": 3, "padding": "same", "depth_multiplier": 2},
                )
            ]
        },
        "DepthwiseConv2D",
    ),
    "3x3": ({"block": [("Conv2D", {"filters": 8, "kernel_size": 3})]}, "Conv2D"),
    "nearest": ({"block": [("UpSampling2D", {})]}, "UpSampling2D"),
    "tanh": ({"block": [("Activation", {"activation": "tanh"})]}, "Activation"),
    "max pooling": ({"block": [("MaxPooling2D", {})]}, "MaxPooling2D"),
    "axis 1": ({"block": [("BatchNormalization", {"axis": 1})]}, "BatchNormalization"),
    "stem": ({"stem": "same"}, "stem"),
    "no pooling": ({"pool": False, "end": False}, "pooling"),
}


def theirs():
    name = _tfmot.PruneForLatencyOnXNNPack.__module__
    return importlib.import_module(name).PruneForLatencyOnXNNPack()


@pytest.mark.parametrize("case", CASES)
def test_verdicts_are_those_of_tfmot_on_the_twin(case):
    arguments, wrong = CASES[case]
    _ = _tfmot.Pruning
    import tf_keras

    model = network(keras.layers, keras.Model, keras.Input, **arguments)
    twin = network(tf_keras.layers, tf_keras.Model, tf_keras.Input, **arguments)
    for policy, one in ((PruneForLatencyOnXNNPack(), model), (theirs(), twin)):
        if wrong is None:
            policy.ensure_model_supports_pruning(one)
        else:
            with pytest.raises(ValueError):
                policy.ensure_model_supports_pruning(one)
    ours = [layer.name for layer in model.layers if PruneForLatencyOnXNNPack().allow_pruning(layer)]
    assert ours == [layer.name for layer in twin.layers if theirs().allow_pruning(layer)]


def refused(**arguments):
    model = network(keras.layers, keras.Model, keras.Input, **arguments)
    with pytest.raises(ValueError) as caught:
        PruneForLatencyOnXNNPack().ensure_model_supports_pruning(model)
    return str(caught.value)


def test_another_stem():
    assert refused(stem="same") == (
        "The policy PruneForLatencyOnXNNPack expects a model that begins, on every path from its "
        "inputs, with ZeroPadding2D(1) and a 3×3 Conv2D of stride 2 and padding 'valid' on three "
        "channels. Received: 'network', which does not. Prune it without the policy, or rebuild "
        "its stem."
    )


def test_no_pooling():
    assert refused(pool=False) == (
        "The policy PruneForLatencyOnXNNPack expects a model that passes a GlobalAveragePooling2D "
        "on every path to its outputs. Received: 'network', which does not. Prune it without the "
        "policy, or pool before its head."
    )


def test_a_layer_in_the_way():
    assert refused(block=CASES["tanh"][0]["block"]) == (
        "The policy PruneForLatencyOnXNNPack expects a model that holds only what XNNPACK's "
        "sparse inference knows between stem and pooling. Received: 'activation' of type "
        "Activation, configured as it is not known there. Prune without the policy, or replace "
        "that layer."
    )


def test_operations_that_are_no_layers():
    def graph(operation):
        image = keras.Input((16, 16, 3))
        x = keras.layers.Conv2D(8, 3, strides=2)(keras.layers.ZeroPadding2D(1)(image))
        x = operation(x)
        return keras.Model(image, keras.layers.GlobalAveragePooling2D()(x))

    PruneForLatencyOnXNNPack().ensure_model_supports_pruning(graph(lambda x: x + x * 2.0))
    with pytest.raises(ValueError, match="of type TrueDivide"):
        PruneForLatencyOnXNNPack().ensure_model_supports_pruning(graph(lambda x: x / 2.0))


def test_sequential_models():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.ZeroPadding2D(1),
            layers.Conv2D(8, 3, strides=2),
            layers.Conv2D(4, 1),
            layers.GlobalAveragePooling2D(),
        ]
    )
    pruned = prune_low_magnitude(model, pruning_policy=PruneForLatencyOnXNNPack())
    assert [isinstance(layer, PrunedLayer) for layer in pruned.layers] == [
        False,
        False,
        True,
        False,
    ]
