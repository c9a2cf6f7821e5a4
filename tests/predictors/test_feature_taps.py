"""FeatureTaps: by path, once, and gone afterwards."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.predictors.feature_taps import FeatureTaps


def nested():
    body = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="stage_1"), layers.Dense(3, name="stage_2")],
        name="backbone",
    )
    return keras.Sequential([keras.Input((4,)), body, layers.Dense(2, name="head")], name="model")


def test_a_nested_layer_gives_what_it_puts_out():
    model, x = nested(), np.ones((2, 4), "float32")
    stage = model.get_layer("backbone").get_layer("stage_2")
    before = set(vars(stage))
    taps = FeatureTaps(model, ["backbone/stage_2"], "student")
    with taps.capture() as features:
        outputs = model(x)
    head = model.get_layer("head")
    np.testing.assert_allclose(head(features["backbone/stage_2"]), outputs, rtol=1e-6)
    assert set(vars(stage)) == before and taps.layer("backbone/stage_2") is stage


@pytest.mark.parametrize(
    "path, near",
    [("backbone/stage_3", ("backbone/stage_1", "backbone/stage_2")), ("heat", ("head",))],
)
def test_a_path_that_does_not_exist_lists_the_nearest(path, near):
    with pytest.raises(ValueError) as caught:
        FeatureTaps(nested(), [path], "student")
    start = f"The student 'model' has no layer at the path '{path}'. Nearest: "
    assert re.match(re.escape(start), str(caught.value))
    assert all(repr(each) in str(caught.value) for each in near)


def test_taps_are_gone_after_an_error():
    model = nested()
    taps = FeatureTaps(model, ["head"], "student")
    with pytest.raises(KeyError), taps.capture():
        raise KeyError
    assert "call" not in vars(model.get_layer("head"))
