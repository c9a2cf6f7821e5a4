import keras
import pytest

from keras_distill.compression.quantization.quantization_rules import (
    kernel_of,
    moves_values,
    reason_of_activation,
    reason_to_skip,
)

layers = keras.layers


def test_kernel_of_a_table_of_embeddings():
    layer = layers.Embedding(5, 2)
    layer.build()
    assert kernel_of(layer) is layer.embeddings


def test_layers_that_only_move_values():
    assert moves_values(layers.Cropping2D(1))
    assert not moves_values(layers.UpSampling2D(2))


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (layers.LSTM(2), "the 8-bit scheme has no rule for LSTM"),
        (layers.Conv2D(2, 3), None),
        (layers.BatchNormalization(), None),
        (
            layers.Conv2D(2, 3, data_format="channels_first"),
            "int8 kernels take channels last, and its data_format is channels_first",
        ),
        (layers.Conv2D(2, 3, dilation_rate=2), None),
        (
            layers.Conv2D(4, 3, dilation_rate=2, groups=2),
            "its dilation_rate is (2, 2), and the int8 converter knows gaps only in convolutions "
            "that are neither transposed nor in groups",
        ),
    ],
)
def test_reason_to_skip(layer, reason):
    assert reason_to_skip(layer) == reason


def test_reason_of_an_activation():
    assert reason_of_activation(layers.Dense(2, activation="silu")) is None
    assert reason_of_activation(layers.Dense(2, activation="mish")) == (
        "the 8-bit scheme has no rule for the activation mish"
    )
