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
