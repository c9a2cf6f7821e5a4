"""The float file of a model, and of one that carries ranges from training."""

import numpy as np

from keras_distill.export.conversion.float_file import float_file
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.serving import Serving
from keras_distill.predictors import load


def test_fake_quantization_lets_values_through(quantized, pictures, tmp_path):
    serving = Serving(quantized, model_ends(quantized), None, None, batch=1, integers="training")
    file = float_file(serving, tmp_path, {"input": pictures[:1]}, 600)
    received = load(file).predict(pictures[:20])
    # The same network by hand, of the layers that were wrapped.
    convolution, dense = (w.layer for w in quantized.layers if getattr(w, "layer", None))
    pooled = [layer for layer in quantized.layers if "pool" in layer.name][0]
    made = pooled(convolution(pictures[:20])).numpy().reshape(20, -1)
    np.testing.assert_allclose(received, dense(made).numpy(), atol=1e-4)
