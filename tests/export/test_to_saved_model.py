"""A folder that runs without Keras and says what the model says."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export import to_saved_model
from keras_distill.predictors import load


def test_outputs_are_the_models(saved_model_artefact, plain, pictures):
    assert saved_model_artefact.parity.agreement == 1.0
    assert saved_model_artefact.parity.source == "samples"
    np.testing.assert_allclose(
        load(saved_model_artefact).predict(pictures), load(plain).predict(pictures), atol=1e-6
    )
    assert (saved_model_artefact.path / "manifest.json").exists()


def test_loads_as_a_keras_layer(saved_model_artefact, plain, pictures):
    layer = keras.layers.TFSMLayer(saved_model_artefact.path)
    np.testing.assert_allclose(
        layer(pictures[:3])["output"], plain(pictures[:3], training=False), atol=1e-6
    )


def test_replaces_an_older_one_and_nothing_else(plain, tmp_path):
    to_saved_model(plain, tmp_path / "model")
    to_saved_model(plain, tmp_path / "model")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    message = (
        f"There is something at '{tmp_path / 'mine'}' that is no SavedModel, and it would be "
        "replaced. Choose another path, or remove it first."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        to_saved_model(plain, tmp_path / "mine")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "model"]


def test_not_a_number_is_refused_and_leaves_nothing(plain, tmp_path):
    plain.layers[0].kernel.assign(plain.layers[0].kernel * np.nan)
    with pytest.raises(RuntimeError, match="^model differs from its Keras model: "):
        to_saved_model(plain, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_path_of_a_file(plain):
    message = (
        "The path 'x.tflite' ends in .tflite, but a SavedModel is a folder. Name it 'x'; for a "
        ".tflite file use to_tflite."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        to_saved_model(plain, "x.tflite")


def two_in_two_out():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    x = keras.layers.Concatenate()([a, b])
    made = {"kind": keras.layers.Dense(4)(x), "age": keras.layers.Dense(1)(x)}
    return keras.Model({"a": a, "b": b}, made, name="two")


def test_several_inputs_and_outputs(tmp_path):
    import tensorflow as tf

    model = two_in_two_out()
    artefact = to_saved_model(model, tmp_path / "two", labels={"kind": "abcd"})
    assert set(artefact.parity.outputs) == {"kind", "age"}
    rng = np.random.default_rng(0)
    data = {name: rng.normal(size=(5, n)).astype("float32") for name, n in (("a", 3), ("b", 2))}
    served = tf.saved_model.load(str(artefact.path)).signatures["serving_default"](**data)
    for name, expected in model(data, training=False).items():
        np.testing.assert_allclose(served[name], expected, atol=1e-6)


def test_bytes_of_files_give_probabilities(quantized, pictures, tmp_path):
    import tensorflow as tf

    pixels = np.rint(pictures[:20] * 255)
    artefact = to_saved_model(
        quantized, tmp_path / "m", samples=pixels, preprocess="include", image_bytes=True
    )
    loaded = tf.saved_model.load(str(artefact.path))
    images = pixels.astype("uint8")
    files = [tf.io.encode_png(image).numpy() for image in images[:3]]
    # Twice as large and as JPEG: nearly the same picture.
    large = np.repeat(np.repeat(images[3], 2, 0), 2, 1)
    files.append(tf.io.encode_jpeg(large, quality=100).numpy())
    served = loaded.signatures["serving_bytes"](image_bytes=tf.constant(files))["output"].numpy()
    logits = quantized(pixels[:4] / 255, training=False)
    expected = np.asarray(keras.ops.softmax(logits))
    np.testing.assert_allclose(served[:3], expected[:3], atol=1e-5)
    np.testing.assert_allclose(served[3], expected[3], atol=0.05)
    # The other signature stays as it was asked for: pixels in, the model's logits out.
    raw = loaded.signatures["serving_default"](input=tf.constant(images[:4]))["output"]
    np.testing.assert_allclose(raw, logits, atol=1e-5)
    layer = keras.layers.TFSMLayer(artefact.path, call_endpoint="serving_default")
    np.testing.assert_allclose(layer(images[:4])["output"], logits, atol=1e-5)


def test_bytes_need_to_know_how_the_model_is_fed(plain, tmp_path):
    message = (
        "Received image_bytes=True without `preprocess`, so what the model makes of pixels from 0 "
        "to 255 is not known. Give preprocess='include' (pixels / 255), or a Keras layer; "
        "keras.layers.Identity() if the model takes the pixels as they are."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        to_saved_model(plain, tmp_path / "m", image_bytes=True)
