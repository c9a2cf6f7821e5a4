"""From pixels to floats, exactly and in steps that integers can take."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.preprocessing import Preprocessing

layers = keras.layers
PIXELS = np.random.default_rng(0).integers(0, 256, (5, 12, 12, 1)).astype("float32")


def made(model, preprocess):
    return Preprocessing(model, model_ends(model), preprocess)


@pytest.mark.parametrize(
    "preprocess, scale, offset",
    [
        ("include", 1 / 255, 0.0),
        (layers.Rescaling(1 / 127.5, offset=-1), 1 / 127.5, -1.0),
        (layers.Normalization(mean=[100.0], variance=[25.0]), 0.2, -20.0),
    ],
)
def test_scale_and_offset_are_found_out(plain, preprocess, scale, offset):
    found = made(plain, preprocess)
    assert found.names == ["input"]
    np.testing.assert_allclose(found.affine["input"], ([scale], [offset]), rtol=1e-4, atol=1e-6)
    exact = np.asarray(found.exact({"input": PIXELS})["input"])
    np.testing.assert_allclose(exact, PIXELS * scale + offset, rtol=1e-4, atol=1e-5)
    # Every step has 256 levels at most: the sum of two roundings is off by less than a step.
    stepped = np.asarray(found.in_integers({"input": PIXELS}, trained=False)["input"])
    np.testing.assert_allclose(stepped, exact, atol=1.01 * scale * 255 / 255)


def test_a_layer_that_does_more_is_called_itself(plain):
    found = made(plain, layers.AveragePooling2D(3, 1, padding="same"))
    assert found.affine == {"input": None}
    assert made(plain, "include").described == "pixels / 255"


def test_the_converter_of_a_task_comes_first(plain):
    class Preprocessor:
        image_converter = layers.Rescaling(1 / 64)

    plain.preprocessor = Preprocessor()
    found = made(plain, "include")
    np.testing.assert_allclose(found.affine["input"][0], 1 / 64, rtol=1e-5)
    assert found.described == "the image converter of small"


def refused(model, preprocess, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        made(model, preprocess)


def test_refused(plain):
    for wrong in ("imagenet", 255):
        refused(
            plain, wrong,
            f"Received preprocess={wrong!r}. Expected 'include', a Keras layer such as "
            "keras.layers.Rescaling(1 / 127.5, offset=-1), or None.",
        )  # fmt: skip
    refused(
        plain, layers.Resizing(24, 24),
        "`preprocess` makes (24, 24, 1) of images of shape (12, 12, 1), but the model 'small' "
        "takes (12, 12, 1). Expected a layer that keeps the shape.",
    )  # fmt: skip
    words = keras.Input((6,), dtype="int32")
    refused(
        keras.Model(words, layers.Embedding(9, 4)(words), name="words"), "include",
        "The model 'words' takes whole numbers, which need no preprocessing. Leave `preprocess` "
        "out.",
    )  # fmt: skip
