"""Separable convolutions in `quantize_model`: split as TF-MOT splits them."""

import importlib.util
import pathlib

import keras
import numpy as np
import pytest

from keras_distill.compression import (
    QuantizedLayer,
    quantize_annotate_layer,
    quantize_apply,
    quantize_model,
    summary,
)
from keras_distill.compression.quantization.split_separable import split_separable
from keras_distill.export.contents.tflite_contents import read

_spec = importlib.util.spec_from_file_location("twin", pathlib.Path(__file__).with_name("twin.py"))
twin = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(twin)
layers = keras.layers


def pictures(layers=layers, make=keras.Model, start=keras.Input):
    """As Xception has them: one with an activation of its own, one before a BatchNormalization."""
    image = start((8, 8, 2), name="image")
    x = layers.SeparableConv2D(4, 3, strides=2, activation="relu", name="first")(image)
    x = layers.SeparableConv2D(
        6, 3, padding="same", depth_multiplier=2, use_bias=False, name="second"
    )(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return make(image, layers.Dense(4, name="head")(x))


def sequences(layers=layers, make=keras.Model, start=keras.Input):
    signal = start((12, 3), name="signal")
    x = layers.SeparableConv1D(4, 3, strides=2, activation="relu", name="first")(signal)
    x = layers.SeparableConv1D(5, 2, padding="same", name="second")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    return make(signal, layers.Dense(4, name="head")(x))


def draw(model, count=16):
    shape = (count, *model.input_shape[1:])
    return np.random.default_rng(0).normal(size=shape).astype("float32")


@pytest.mark.parametrize("build_one", [pictures, sequences])
def test_split_model_predicts_what_the_model_predicts(build_one):
    model = build_one()
    twin.randomize(model)
    split, chosen, configs = split_separable(model)
    values = draw(model)
    np.testing.assert_allclose(split(values), model(values), atol=1e-6)
    assert (chosen, configs) == (None, {})
    names = [layer.name for layer in split.layers][1:5]
    assert names == ["first_depthwise", "first", "second_depthwise", "second"]
    # Who taps a layer by its name finds what it found before.
    tapped = [keras.Model(one.input, one.get_layer("first").output) for one in (model, split)]
    np.testing.assert_allclose(tapped[0](values), tapped[1](values), atol=1e-6)


def their_parts(theirs, split):
    """TF-MOT's wrappers of the two convolutions of each separable one, in order."""
    kinds = [type(wrapper).__name__ for wrapper in theirs.layers]
    wrappers = [layer for layer in theirs.layers if type(layer).__name__ == "QuantizeWrapperV2"]
    depthwise = [w for w in wrappers if type(w.layer).__name__ == "DepthwiseConv2D"]
    pointwise = [w for w in wrappers if type(w.layer).__name__ == "Conv2D"]
    assert len(depthwise) == len(pointwise) == len(split), kinds
    return {
        **{f"{name}_depthwise": one for name, one in zip(split, depthwise, strict=True)},
        **dict(zip(split, pointwise, strict=True)),
    }


def copy_ranges(ours, theirs, parts):
    copied = 0
    for layer in ours.layers:
        if not isinstance(layer, QuantizedLayer):
            continue
        wrapper = parts.get(layer.name) or theirs.get_layer(f"quant_{layer.name}")
        by_name = {w.name.split("/")[-1].split(":")[0]: w for w in wrapper.weights}
        for name, ends in layer._ranges.items():
            names = [name, "depthwise_kernel"] if name == "kernel" else ["post_activation", name]
            for end, value in zip(("min", "max"), ends, strict=True):
                theirs_one = next(by_name[n] for n in (f"{x}_{end}" for x in names) if n in by_name)
                theirs_one.assign(value.value)
                copied += 1
    quantize = theirs.layers[1]
    for name, value in (("min", ours.layers[1].range_min), ("max", ours.layers[1].range_max)):
        next(w for w in quantize.weights if w.name.endswith(f"{name}:0")).assign(value.value)
        copied += 1
    ranges = [w for w in theirs.weights if w.name.split(":")[0].endswith(("_min", "_max"))]
    assert copied == len(ranges)


@pytest.mark.parametrize("build_one", [pictures, sequences])
def test_forward_equals_tfmots_on_the_twin(build_one):
    keras.utils.set_random_seed(0)
    model, other = build_one(), twin.keras_twin(build_one)
    twin.randomize(model)
    twin.copy_weights(model, other)
    ours = quantize_model(model)
    from tf_keras.src.saving import serialization_lib

    # TF-MOT puts Lambda layers around a separable convolution of one axis.
    with serialization_lib.SafeModeScope(False):
        theirs = twin.quantized_twin(other)
    values = draw(ours, 32)
    ours(values, training=True)
    twin.set_ranges(ours)
    if build_one is pictures:
        theirs.get_layer("quant_norm").layer.set_weights(ours.get_layer("norm").layer.get_weights())
    copy_ranges(ours, theirs, their_parts(theirs, ("first", "second")))
    np.testing.assert_allclose(ours(values), theirs(values, training=False), atol=1e-6)


def test_summary_names_both():
    table = summary(quantize_model(pictures()))
    done = {path: (facts["type"], facts["done"]) for path, facts in table.items()}
    assert done["first_depthwise"] == ("DepthwiseConv2D", "kernel and output int8")
    assert done["first"] == ("Conv2D", "kernel and output int8")
    assert done["second"] == ("Conv2D", "kernel int8")
    assert not any(facts["skipped"] for facts in table.values())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_trained_saved_and_exported_with_nothing_in_float(tmp_path):
    model = quantize_model(pictures())
    values = draw(model, 64)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(values, np.arange(64) % 4, shuffle=False, verbose=0)
    model.save(tmp_path / "int8.keras")
    loaded = keras.models.load_model(tmp_path / "int8.keras")
    for one in (model, loaded):
        one.fit(values, np.arange(64) % 4, shuffle=False, verbose=0)
    for old, new in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    contents = read(twin.int8_file(loaded, (8, 8, 2), tmp_path / "int8.tflite"))
    assert contents.float_operators() == []
    names = [operator.name for operator in contents.operators]
    assert names.count("DEPTHWISE_CONV_2D") == names.count("CONV_2D") == 2


def test_regularizers_constraints_and_frozen_state_stay():
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.SeparableConv2D(
                3,
                2,
                depthwise_regularizer="l2",
                pointwise_regularizer="l1",
                pointwise_constraint="non_neg",
                bias_initializer="ones",
                activity_regularizer="l2",
                dilation_rate=2,
                name="one",
            ),
            layers.Conv2D(2, 1, name="one_depthwise"),
        ]
    )
    model.layers[0].trainable = False
    depthwise, pointwise, _ = split_separable(model)[0].layers
    # The name was taken.
    assert (depthwise.name, pointwise.name) == ("one_depthwise_", "one")
    assert isinstance(depthwise.depthwise_regularizer, keras.regularizers.L2)
    assert isinstance(pointwise.kernel_regularizer, keras.regularizers.L1)
    assert isinstance(pointwise.kernel_constraint, keras.constraints.NonNeg)
    assert isinstance(pointwise.activity_regularizer, keras.regularizers.L2)
    assert depthwise.dilation_rate == (2, 2) and pointwise.dilation_rate == (1, 1)
    assert not depthwise.trainable and not pointwise.trainable


def test_an_annotated_one_is_split_and_others_stay():
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.SeparableConv2D(3, 2, name="float"),
            quantize_annotate_layer(layers.SeparableConv2D(3, 2, name="int8")),
        ]
    )
    table = summary(quantize_apply(model))
    assert {path: (facts["done"], facts["skipped"]) for path, facts in table.items()} == {
        "float": (
            "",
            "it is split into two convolutions and quantized only where it is annotated, and not "
            "inside a composite layer",
        ),
        "int8_depthwise": ("kernel and output int8", None),
        "int8": ("kernel and output int8", None),
    }


def test_one_with_a_configuration_of_its_own_is_not_split():
    image = keras.Input((6, 6, 2))
    x = layers.SeparableConv2D(3, 2, name="own")(image)
    model = keras.Model(image, layers.SeparableConv2D(3, 2, name="other")(x))
    own, other, config = model.get_layer("own"), model.get_layer("other"), object()
    assert split_separable(model, {own}, {own: config}) == (model, {own}, {own: config})
    split, chosen, configs = split_separable(model, {own, other}, {own: config})
    assert configs == {split.get_layer("own"): config}
    assert {layer.name for layer in chosen} == {"own", "other_depthwise", "other"}
    assert chosen < set(split.layers)


def test_a_model_without_one_is_not_copied(build):
    model = build("mlp")
    assert split_separable(model)[0] is model
