import re

import keras
import numpy as np
import pytest

from keras_distill.models import cifar_resnet


def test_depth_counts_the_weighted_layers_on_the_main_path():
    for depth in (8, 14, 20):
        model = cifar_resnet(depth, width=2, input_shape=(16, 16, 1))
        weighted = [
            layer
            for layer in model.layers
            if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
            and not layer.name.endswith("shortcut")
        ]
        assert len(weighted) == depth


def test_parameters_of_resnet_20_are_the_papers():
    # The paper's table 6: 0.27 M for 20 layers with identity shortcuts; the two 1 × 1
    # shortcuts here add 16·32 + 32·64 weights and their BatchNormalization.
    trainable = sum(int(np.prod(w.shape)) for w in cifar_resnet(20).trainable_weights)
    shortcuts = 16 * 32 + 32 * 64 + 2 * (32 + 64)
    # 432 stem, 6 · 2304, 4608 + 5 · 9216, 18432 + 5 · 36864, 640 + 10, BatchNormalization.
    convolutions = 432 + 6 * 2304 + 4608 + 5 * 9216 + 18432 + 5 * 36864
    normalization = 2 * (16 + 6 * 16 + 6 * 32 + 6 * 64)
    assert trainable == convolutions + normalization + 650 + shortcuts
    assert 265_000 < trainable - shortcuts < 275_000


def test_strides_of_the_stem_and_logits_out():
    model = cifar_resnet(8, width=4, input_shape=(28, 28, 1), num_classes=7, strides=2)
    assert model.get_layer("stem").output.shape[1:] == (14, 14, 4)
    assert model.get_layer("stage_3_block_1_relu").output.shape[1:] == (4, 4, 16)
    assert model.output_shape == (None, 7)
    assert model.layers[-1].activation is keras.activations.linear


@pytest.mark.parametrize("depth", [2, 9, 0])
def test_wrong_depth(depth):
    sentence = f"`depth` must be 6n + 2 with n of at least 1: 8, 14, 20, … Received: depth={depth}."
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        cifar_resnet(depth)


def test_wrong_width():
    with pytest.raises(ValueError, match="^`width` must be at least 1. Received: width=0.$"):
        cifar_resnet(8, width=0)
