"""The SavedModel that is converted, and the models that are refused."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export.serving.trace import check_model, write_saved_model


def test_layer_names_with_an_underscore_are_no_obstacle_and_stay(tmp_path):
    import tensorflow as tf

    inputs = keras.Input((12, 12, 1))
    x = keras.layers.Conv2D(2, 3, name="_conv")(inputs)
    plain = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    before = [v.value.name for v in plain.variables]
    assert any(name.startswith("_conv") for name in before)
    operators = write_saved_model(plain, tmp_path / "folder")
    assert "Conv2D" in operators
    assert [v.value.name for v in plain.variables] == before
    signature = tf.saved_model.load(str(tmp_path / "folder")).signatures["serving_default"]
    image = np.full((2, 12, 12, 1), 0.5, "float32")
    np.testing.assert_allclose(
        signature(input=tf.constant(image))["output"], plain(image, training=False), atol=1e-6
    )


def test_fake_quantization_is_seen(quantized, tmp_path):
    assert "FakeQuantWithMinMaxArgs" in write_saved_model(quantized, tmp_path / "folder")


def test_shape_of_one_example(plain):
    assert check_model(plain) == (12, 12, 1)


def refused(model, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_model(model)


def test_never_built():
    refused(
        keras.Sequential([keras.layers.Dense(3)], name="raw"),
        "The model 'raw' was never built, so the shape of its input is not known. Start it with "
        "keras.Input, or wrap it: `inputs = keras.Input(shape); model = keras.Model(inputs, "
        "model(inputs))`.",
    )


def test_two_inputs():
    a, b = keras.Input((2,)), keras.Input((2,))
    refused(
        keras.Model([a, b], a + b, name="two"),
        "The model 'two' has 2 inputs and 1 outputs; this export takes models with one of each. "
        "Make a model of the input and the output that you need.",
    )


def test_sizes_that_are_not_fixed():
    inputs = keras.Input((None, None, 3))
    refused(
        keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(inputs), name="any"),
        "The model 'any' takes inputs of shape (None, None, None, 3); all but the first must be "
        "fixed. Give it an input of the size that it will see: `inputs = keras.Input((224, 224, "
        "3)); model = keras.Model(inputs, model(inputs))`.",
    )


def test_no_model():
    refused(
        3, "Expected a keras.Model to export, but received 3. Load it first with "
        "keras.saving.load_model.",
    )  # fmt: skip
