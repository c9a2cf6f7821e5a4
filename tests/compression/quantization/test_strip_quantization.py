"""Kernels alone of 8 bits, and what TFLite's dynamic-range quantization makes of them."""

import importlib.util
import pathlib

import keras
import numpy as np
import pytest

from keras_distill.compression import (
    QuantizedLayer,
    quantize_model,
    strip_quantization,
    summary,
)
from keras_distill.export.contents.tflite_contents import read

_spec = importlib.util.spec_from_file_location("twin", pathlib.Path(__file__).with_name("twin.py"))
twin = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(twin)
layers = keras.layers
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network():
    """Kernels of at least 1024 weights: TFLite leaves smaller ones float."""
    image = keras.Input((6, 6, 16), name="image")
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="conv")(image)
    x = layers.DepthwiseConv2D(3, depth_multiplier=8, name="depthwise")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, layers.Dense(10, name="head")(x), name="network")


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    model = quantize_model(network(), recipe="dynamic_range")
    images = np.random.default_rng(0).normal(size=(32, 6, 6, 16)).astype("float32")
    model.compile("adam", LOSS)
    model.fit(images, np.arange(32) % 10, batch_size=16, verbose=0)
    return model, images


def test_kernels_alone_are_quantized(trained):
    model, _ = trained
    wrapped = {layer.name: layer for layer in model.layers if isinstance(layer, QuantizedLayer)}
    shapes = {
        name: tuple(layer.kernel_quantizer.range()[0].shape) for name, layer in wrapped.items()
    }
    assert shapes == {"conv": (16,), "depthwise": (16, 8), "head": (10,)}
    assert all(list(layer._ranges) == ["kernel"] for layer in wrapped.values())
    table = summary(model)
    assert {path: (facts["done"], facts["bits"]) for path, facts in table.items()} == {
        "conv": ("kernel int8", 8),
        "depthwise": ("kernel int8", 8),
        "pool": ("float", None),
        "head": ("kernel int8", 8),
    }
    assert not any(facts["skipped"] for facts in table.values())


def test_stock_layers_and_the_same_predictions(trained):
    model, images = trained
    stripped = strip_quantization(model)
    assert all(type(layer).__module__.startswith("keras.src.") for layer in stripped.layers)
    np.testing.assert_allclose(stripped(images), model(images), atol=1e-6)
    kernel = np.asarray(stripped.get_layer("depthwise").kernel)
    codes = kernel / np.abs(kernel).max(axis=(0, 1)) * 127
    np.testing.assert_allclose(codes, np.round(codes), atol=1e-4)


@pytest.mark.filterwarnings("ignore")
def test_kernels_of_the_file_are_int8_with_the_scales_of_training(trained, tmp_path):
    import tensorflow as tf

    model, _ = trained
    stripped = strip_quantization(model)
    stripped.export(tmp_path / "saved_model", verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved_model"))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    (tmp_path / "m.tflite").write_bytes(converter.convert())
    kernels = [t for t in read(tmp_path / "m.tflite").tensors if t.dtype == "int8"]
    assert len(kernels) == 3
    for name, axes in (("conv", (3, 0, 1, 2)), ("depthwise", None), ("head", (1, 0))):
        kernel = model.get_layer(name).kernel_quantizer
        high = kernel.range()[1]
        scale = high.ravel() / 127
        codes = np.round(np.asarray(kernel.fake()) / (high / 127))
        codes = codes.reshape(1, 3, 3, -1) if axes is None else codes.transpose(axes)
        theirs = next(t for t in kernels if t.data.shape == codes.shape)
        np.testing.assert_allclose(theirs.scale, scale, rtol=1e-6)
        np.testing.assert_array_equal(theirs.data, codes)


def test_inside_composites(build):
    model = quantize_model(build("transformer"), recipe="dynamic_range")
    values = np.random.default_rng(0).normal(size=(4, 6, 8)).astype("float32")
    model(values, training=True)
    attention = model.get_layer("attention_0")
    assert (attention.input_paths, attention.attention_paths) == ([], [])
    stripped = strip_quantization(model)
    assert type(stripped.get_layer("attention_0")) is layers.MultiHeadAttention
    np.testing.assert_allclose(stripped(values), model(values), atol=1e-6)
    assert not np.allclose(stripped(values), build("transformer")(values))


def refused(model):
    with pytest.raises(ValueError) as caught:
        strip_quantization(model)
    return str(caught.value)


def test_stripping_what_was_never_quantized(build):
    assert refused(build("mlp")) == (
        "`strip_quantization` expects a model made by `quantize_model`. Received: 'mlp', none of "
        "whose layers is quantized. There is nothing to strip; use the model as it is."
    )


def test_ranges_of_activations_are_not_thrown_away(build):
    assert refused(quantize_model(build("mlp"))) == (
        '`strip_quantization` expects a model made with `recipe="dynamic_range"`. Received: '
        "'mlp', which has ranges for its activations too. They would be lost: export it as it is."
    )
