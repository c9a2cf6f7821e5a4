"""The same numbers from every kind of thing that predicts."""

import re

import keras
import numpy as np
import pytest

from keras_distill.predictors import load


def test_keras_model(model, weights, images):
    predictor = load(model)
    assert (predictor.kind, predictor.name) == ("keras", "small")
    assert predictor.model is model
    assert predictor.path is None
    assert predictor.input_shape == (8, 8, 1)
    assert predictor.outputs == "logits"
    np.testing.assert_allclose(
        predictor.predict(images), images.reshape(300, 64) @ weights, atol=1e-5
    )


def test_keras_file(model, tmp_path, images):
    path = tmp_path / "m.keras"
    model.save(path)
    predictor = load(str(path))
    assert (predictor.kind, predictor.name, predictor.path) == ("keras", "m", path)
    np.testing.assert_array_equal(predictor.predict(images), load(model).predict(images))


def test_saved_model(model, tmp_path, images):
    model.export(tmp_path / "folder", verbose=False)
    predictor = load(tmp_path / "folder", name="served")
    assert (predictor.kind, predictor.name) == ("saved_model", "served")
    assert predictor.model is None
    assert predictor.input_shape == (8, 8, 1)
    np.testing.assert_allclose(predictor.predict(images), load(model).predict(images), atol=1e-6)


def test_tflite(float_file, model, images):
    predictor = load(float_file)
    assert (predictor.kind, predictor.name, predictor.path) == ("tflite", "small", float_file)
    assert predictor.input_shape == (8, 8, 1)
    np.testing.assert_allclose(predictor.predict(images), load(model).predict(images), atol=1e-5)
    assert predictor.outputs == "logits"


def test_anything_with_a_path(float_file):
    class Artefact:
        def __fspath__(self):
            return str(float_file)

    assert load(Artefact()).kind == "tflite"


def test_function(images):
    def mean(x):
        return x.mean(axis=(1, 2))

    predictor = load(mean)
    assert (predictor.kind, predictor.name, predictor.input_shape) == ("callable", "mean", None)
    assert predictor.predict(images).shape == (300, 1)


def test_predictor_comes_back():
    predictor = load(lambda x: x, name="same")
    assert load(predictor) is predictor


def fails(error, message, thing):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        load(thing)


def test_nothing_there(tmp_path):
    path = tmp_path / "x.tflite"
    message = (
        f"There is no model at '{path}'. Expected a .keras file, a .tflite file or a SavedModel "
        "folder: check the path."
    )
    fails(FileNotFoundError, message, path)


def test_folder_that_is_no_saved_model(tmp_path):
    message = (
        f"The folder '{tmp_path}' is no SavedModel: it holds no saved_model.pb. Give the folder "
        "that keras_distill.export.to_saved_model or model.export wrote."
    )
    fails(ValueError, message, tmp_path)


def test_damaged_saved_model(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"not a protocol buffer")
    with pytest.raises(ValueError) as caught:
        load(tmp_path)
    start = f"Could not read the SavedModel '{tmp_path}'; it is damaged or incomplete: "
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith(" Export it again.")


def test_damaged_keras_file(tmp_path):
    (tmp_path / "x.keras").write_bytes(b"not a zip file")
    with pytest.raises(ValueError) as caught:
        load(tmp_path / "x.keras")
    start = f"Could not read '{tmp_path / 'x.keras'}' as a Keras model: "
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith("if it is damaged, save it again.")


def test_file_of_another_kind(tmp_path):
    path = tmp_path / "model.onnx"
    path.touch()
    message = (
        f"Cannot tell what '{path}' is. Expected a file that ends in .keras or .tflite, or a "
        "SavedModel folder."
    )
    fails(ValueError, message, path)


def test_thing_of_another_kind():
    message = (
        "Cannot predict with 3. Expected a keras.Model, the path of a .keras file, a .tflite "
        "file or a SavedModel folder, or a function of images or "
        "texts."
    )
    fails(ValueError, message, 3)


def test_subclassed_model_is_judged_by_what_it_says(images):
    class Small(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(3, activation="softmax")

        def call(self, x):
            return self.dense(keras.ops.reshape(x, (-1, 64)))

    predictor = load(Small())
    probabilities = predictor.probabilities(images)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(probabilities, predictor.predict(images))


def test_file_that_its_manifest_does_not_describe(float_file, tmp_path):
    import hashlib
    import json
    import pathlib

    content = bytearray(pathlib.Path(float_file).read_bytes())
    expected = hashlib.sha256(content).hexdigest()
    path, manifest = tmp_path / "x.tflite", tmp_path / "x.tflite.manifest.json"
    path.write_bytes(content)
    manifest.write_text(json.dumps({"sha256": expected, "outputs": "logits"}))
    assert load(path).outputs == "logits"
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    sentence = (
        f"{str(path)!r} is not the file that its manifest describes. Expected sha256 {expected}. "
        f"Received: {hashlib.sha256(content).hexdigest()}. Export it again, or remove "
        "'x.tflite.manifest.json' if the file was changed on purpose."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        load(path)


def test_file_with_several_inputs(tmp_path):
    import tensorflow as tf

    spec = tf.TensorSpec((1, 2))
    function = tf.function(lambda a, b: (a + b, a - b)).get_concrete_function(spec, spec)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], tf.Module())
    path = tmp_path / "x.tflite"
    path.write_bytes(converter.convert())
    message = f"'{path}' has 2 inputs and 2 outputs; a predictor needs a model with one of each."
    fails(ValueError, message, path)
