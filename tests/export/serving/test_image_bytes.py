"""Models that no picture goes into; the rest is tested in test_to_saved_model."""

import re

import keras
import pytest

from keras_distill.export.serving.image_bytes import image_bytes
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.serving import Serving


def test_no_picture():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)], name="table")
    serving = Serving(model, model_ends(model), keras.layers.Identity(), None, bytes_in=True)
    message = (
        "Received image_bytes=True, but the model 'table' takes examples of shape (4,). Expected "
        "one picture with 1 or 3 channels."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        image_bytes(serving)
