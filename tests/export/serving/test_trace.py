"""The SavedModel that is converted."""

import keras
import numpy as np

from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.trace import write_saved_model


def test_layer_names_with_an_underscore_are_no_obstacle_and_stay(tmp_path):
    import tensorflow as tf

    inputs = keras.Input((12, 12, 1))
    x = keras.layers.Conv2D(2, 3, name="_conv")(inputs)
    plain = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    before = [v.value.name for v in plain.variables]
    assert any(name.startswith("_conv") for name in before)
    operators = write_saved_model(plain, model_ends(plain), tmp_path / "folder")
    assert "Conv2D" in operators
    assert [v.value.name for v in plain.variables] == before
    signature = tf.saved_model.load(str(tmp_path / "folder")).signatures["serving_default"]
    image = np.full((2, 12, 12, 1), 0.5, "float32")
    np.testing.assert_allclose(
        signature(input=tf.constant(image))["output"], plain(image, training=False), atol=1e-6
    )


def test_fake_quantization_is_seen(quantized, tmp_path):
    assert "FakeQuantWithMinMaxArgs" in write_saved_model(
        quantized, model_ends(quantized), tmp_path / "folder"
    )


def test_a_batch_is_fixed_or_open(plain, tmp_path):
    import tensorflow as tf

    for batch in (1, None):
        folder = tmp_path / str(batch)
        write_saved_model(plain, model_ends(plain), folder, batch=batch)
        signature = tf.saved_model.load(str(folder)).signatures["serving_default"]
        assert signature.structured_input_signature[1]["input"].shape[0] == batch
