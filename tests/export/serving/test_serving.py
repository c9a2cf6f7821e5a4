"""The function of the file and that of the measure, which must not be one."""

import keras
import numpy as np

from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.serving import Serving

PIXELS = np.random.default_rng(0).integers(0, 256, (7, 12, 12, 1)).astype("float32")


def test_pixels_in_and_probabilities_out(plain, tmp_path):
    import tensorflow as tf

    layer = keras.layers.Rescaling(1 / 127.5, offset=-1)
    serving = Serving(plain, model_ends(plain), layer, "logits", bytes_in=True, batch=None)
    assert serving.pixels == ["input"]
    operators, looped, scopes = serving.write(tmp_path / "folder")
    assert "Softmax" not in operators
    assert (looped, scopes) == ([], {})
    loaded = tf.saved_model.load(str(tmp_path / "folder"))
    served = loaded.signatures["serving_default"](input=tf.constant(PIXELS, tf.uint8))["output"]
    expected = serving.reference({"input": PIXELS})["output"]
    np.testing.assert_allclose(served, expected, atol=1e-5)
    model = plain(PIXELS / 127.5 - 1, training=False).numpy()
    np.testing.assert_allclose(keras.ops.softmax(expected), model, atol=1e-5)


def test_ranges_that_the_export_adds_are_none_of_training(plain, tmp_path):
    serving = Serving(plain, model_ends(plain), "include", None, integers="calibration", batch=1)
    operators, _, _ = serving.write(tmp_path / "folder")
    assert not any("FakeQuant" in operator for operator in operators)
    fed = serving.as_fed({"input": PIXELS})["input"]
    assert fed.dtype == np.float32
