"""Axes that the model leaves open."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export.serving.fixed_axes import fixed_axes
from keras_distill.export.serving.model_ends import model_ends


def model():
    image, words = keras.Input((None, None, 3), name="image"), keras.Input((None,), name="words")
    x = keras.layers.GlobalAveragePooling2D()(image)
    x = x + keras.ops.sum(words, axis=1, keepdims=True)
    return keras.Model({"image": image, "words": words}, x, name="any")


def test_samples_tell():
    samples = {"image": np.zeros((2, 5, 7, 3)), "words": np.zeros((2, 9))}
    ends = fixed_axes(model(), model_ends(model()), samples)
    assert [end.shape for end in ends.inputs] == [(5, 7, 3), (9,)]


def test_without_samples_the_axes_are_named():
    message = (
        "The model 'any' takes inputs of shape (None, None, None, 3) for 'image'; all but the "
        "first axis must be fixed, and the length of axis 1, 2 is not. Give it an input of the "
        "size that it will see: `inputs = keras.Input((224, 224, 3)); model = "
        "keras.Model(inputs, model(inputs))`; or give `samples` of that size."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fixed_axes(model(), model_ends(model()), None)


def test_nothing_to_do(plain):
    assert fixed_axes(plain, model_ends(plain), None) == model_ends(plain)
