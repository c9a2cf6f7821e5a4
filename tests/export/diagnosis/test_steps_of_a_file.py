"""The culprit is where the error arises; what is kept in float mends it."""

import keras
import numpy as np
import pytest

from keras_distill.export.diagnosis.smallest_set import smallest_set
from keras_distill.export.diagnosis.steps_of_a_file import StepsOfAFile
from keras_distill.predictors import load

layers = keras.layers


def steps_of(nets, model, files):
    return StepsOfAFile(model, files[1], files[0], {"input": nets.pictures(80, 3)[0]})


def ranked(steps):
    """Layers by the noise that each alone leaves in the answer, and that noise."""
    measured, signals = steps.measured()
    found = sorted((one.output_snr_db(signals), one.step.layer, one) for one in measured)
    return [layer for _, layer, _ in found], found


def suggested(steps, least=0.95):
    order = [layer for layer in dict.fromkeys(ranked(steps)[0]) if layer]
    return smallest_set(order, steps.readers(), lambda k: steps.agreement(k).passes(least))


def test_steps_in_integers_are_the_file_itself(healthy, nets):
    model, reference, quantized = healthy
    steps = StepsOfAFile(model, quantized, reference, {"input": nets.pictures(16, 3)[0]})
    images = nets.pictures(16, 3)[0]
    ours = steps._outputs_of(lambda step: False)[0]
    np.testing.assert_array_equal(ours, load(quantized).predict(images))
    np.testing.assert_allclose(steps._expected[0], model.predict(images, verbose=0), atol=1e-5)


def test_a_healthy_file(healthy, nets):
    model, reference, quantized = healthy
    steps = StepsOfAFile(model, quantized, reference, {"input": nets.pictures(80, 3)[0]})
    assert steps.agreement().passes(0.95)
    names = {step.layer for step in steps.steps}
    assert {"stem", "c1", "pool", "c2", "c3", "c4", "head"} <= names
    # A pooling of integers gives integers of the same grid: it can lose nothing.
    pool = next(one for _, layer, one in ranked(steps)[1] if layer == "pool")
    assert pool.local_snr_db == 200.0


def test_one_channel_too_wide(tmp_path, nets):
    model = nets.widened(nets.straight(), "stem", "c1")
    steps = steps_of(nets, model, nets.converted(model, tmp_path))
    assert steps.agreement().share < 0.7
    order, found = ranked(steps)
    assert order[0] == "stem"
    worst = found[0][2]
    # What a signal to noise of the layer itself cannot see: all but one channel are gone.
    assert worst.local_snr_db > 30 and found[0][0] < 10
    assert worst.channel_spread > 500
    assert suggested(steps) == ["stem", "c1"]
    assert steps.agreement(["stem", "c1"]).passes(0.95)
    # Neither helps alone: what lies between them is rounded as long as one of them is not float.
    assert not steps.agreement(["stem"]).passes(0.95)
    assert not steps.agreement(["c1"]).passes(0.95)


def test_the_culprit_lies_deep_and_all_after_it_is_noisy(tmp_path, nets):
    model = nets.widened(nets.straight(), "c2", "c3")
    steps = steps_of(nets, model, nets.converted(model, tmp_path))
    order, found = ranked(steps)
    assert order[0] == "c2"
    # In the whole file the layers after it look worse than it does.
    so_far = {layer: one.snr_db for _, layer, one in found}
    assert so_far["c2"] > 30 and so_far["c3"] < 10 and so_far["c4"] < 10
    assert set(suggested(steps)) == {"c2", "c3"}


@pytest.mark.slow
def test_a_residual_sum_of_different_ranges(tmp_path, nets):
    keras.utils.set_random_seed(2)
    inputs = keras.Input((12, 12, 1))
    narrow = nets.convolution("narrow")(inputs)
    wide = nets.convolution("wide")(inputs)
    summed = layers.Add(name="add")([narrow, layers.Rescaling(1e4, name="far")(wide)])
    # The difference that follows leaves of the sum what was narrow.
    left = layers.Subtract(name="left")([summed, layers.Rescaling(1e4, name="again")(wide)])
    model = nets.fitted(keras.Model(inputs, layers.Flatten()(left)), "residual")
    steps = steps_of(nets, model, nets.converted(model, tmp_path))
    assert not steps.agreement().passes(0.95)
    order, found = ranked(steps)
    assert {"add", "left"} & set(order[:3])
    kept = suggested(steps)
    assert "add" in kept and steps.agreement(kept).passes(0.95)


@pytest.mark.slow
def test_layers_of_a_nested_model_go_by_their_path(tmp_path, nets):
    keras.utils.set_random_seed(1)
    inputs = keras.Input((12, 12, 8))
    x = nets.convolution("conv_1")(nets.convolution("conv")(inputs))
    backbone = keras.Model(inputs, x, name="backbone")
    first, second = backbone.get_layer("conv"), backbone.get_layer("conv_1")
    inputs = keras.Input((12, 12, 1))
    x = backbone(nets.convolution("conv")(inputs))
    model = nets.fitted(keras.Model(inputs, layers.Flatten()(x)), "whole")
    assert first is backbone.get_layer("conv") and second is not first
    nets.widened(backbone, "conv", "conv_1")
    steps = steps_of(nets, model, nets.converted(model, tmp_path))
    assert ranked(steps)[0][0] == "backbone/conv"
    assert suggested(steps) == ["backbone/conv", "backbone/conv_1"]


def test_a_file_of_another_model_is_refused(healthy, tmp_path, nets):
    inputs = keras.Input((12, 12, 1))
    other = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(inputs)), name="other")
    reference, _ = nets.converted(other, tmp_path)
    model, _, quantized = healthy
    with pytest.raises(RuntimeError) as caught:
        StepsOfAFile(model, quantized, reference, {"input": nets.pictures(8, 3)[0]})
    assert str(caught.value).endswith(
        "was not found in the float file of the model: they were not made of one model and in one "
        "form. Give the model that the file was exported from, and the `preprocess` and `output` "
        "that it was exported with."
    )
