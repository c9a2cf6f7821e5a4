"""Of each output by itself."""

import keras
import numpy as np

from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.output_kinds import output_kinds

layers = keras.layers


def test_several_outputs():
    x = keras.Input((4,))
    made = {"a": layers.Dense(3, "softmax")(x), "b": layers.Dense(2)(x), "c": x * 2}
    model = keras.Model(x, made)
    ends = model_ends(model)
    assert output_kinds(model, ends) == {"a": "probabilities", "b": "logits", "c": "unknown"}
    outputs = {name: np.array([[-1.0, 2.0]]) for name in "abc"}
    assert output_kinds(model, ends, outputs)["c"] == "logits"
