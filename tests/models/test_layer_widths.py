import keras
import pytest
from keras import layers

from keras_distill.models.layer_widths import (
    follows,
    is_depthwise,
    keeping_rules,
    narrowed_config,
    refuse_unknown,
    width_key,
)


def built(layer, channels):
    layer.build((None, 8, 8, channels))
    return layer


def test_width_key_tells_who_makes_channels():
    assert width_key(layers.Conv2D(4, 3)) == "filters"
    assert width_key(layers.Dense(4)) == "units"
    assert width_key(layers.DepthwiseConv2D(3)) is None


def test_depthwise_is_one_filter_for_each_channel():
    assert is_depthwise(built(layers.Conv2D(8, 3, groups=8), 8))
    assert not is_depthwise(built(layers.Conv2D(8, 3, groups=4), 8))
    assert not is_depthwise(built(layers.Conv2D(8, 3, groups=8), 16))
    assert not follows(built(layers.Conv2D(8, 3), 8)) and not follows(layers.Dense(2))


def test_narrowed_configurations():
    def half(channels):
        return channels // 2

    assert narrowed_config(layers.Dense(6), half)["units"] == 3
    grouped = narrowed_config(built(layers.Conv2D(8, 3, groups=4), 8), half)
    assert (grouped["filters"], grouped["groups"]) == (4, 4)
    depthwise = narrowed_config(built(layers.Conv2D(8, 3, groups=8), 8), half, given=5)
    assert (depthwise["filters"], depthwise["groups"]) == (5, 5)
    assert narrowed_config(layers.ReLU(6.0), half)["max_value"] == 6.0


def test_rules_of_rounding():
    head = layers.Dense(10)
    model = keras.Sequential([keras.Input((4, 4, 3)), layers.Conv2D(48, 1), layers.Conv2D(64, 1)])
    model.add(head)
    closest, halves, sums = keeping_rules(model, 0.3, [head])
    assert [closest(n) for n in (1, 13, 44, 48, 64)] == [1, 4, 13, 14, 19]
    assert halves(44) == 2 * halves(22) == 4 * halves(11) == 12
    # Sixteenths: 5 of 16.
    assert sums(48) + sums(64) == sums(112) == 35
    # With the head's 10 the unit would be 2, and one of 2 is not three tenths.
    assert len(keeping_rules(model, 0.3, [])) == 2


def test_unknown_layers_are_refused_by_name():
    model = keras.Sequential([keras.Input((4, 3)), layers.GRU(2, name="memory")], name="reader")
    with pytest.raises(ValueError, match=r"^`narrow` .* layer 'memory' \(GRU\) of model 'reader'"):
        refuse_unknown(model.layers[0], model)
    refuse_unknown(layers.Dropout(0.5), model)
