"""Pretrained teachers: a new head or the folder's own, and classes in another order."""

import importlib
import json
import sys

import keras
import numpy as np
import pytest

from keras_distill.pipeline.transfer import pretrained as room
from keras_distill.pipeline.transfer.pretrained import pretrained, reordered


def classifier():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])


def test_outputs_in_the_datas_order():
    model = classifier()
    before = np.asarray(model(np.eye(4)))
    after = np.asarray(reordered(model, [2, 0, 1])(np.eye(4)))
    np.testing.assert_array_equal(after, before[:, [2, 0, 1]])


@pytest.mark.parametrize("class_map", [[0, 1], [0, 1, 1], [0, 1, 3]])
def test_a_map_that_is_no_order(class_map):
    with pytest.raises(ValueError) as error:
        reordered(classifier(), class_map)
    assert str(error.value) == (
        f"`class_map` names each of the teacher's outputs once, 0 to 2. Received: {class_map}."
    )


def test_a_folder_of_a_classifier_brings_its_head(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text(
        json.dumps({"architectures": ["BertForSequenceClassification"]}), encoding="utf-8"
    )
    made = classifier()
    made.class_names = ("a", "b", "c")
    importlib.import_module("keras_distill.models.hugging_face_classifier")
    # By its full name: in the room the function has taken the file's.
    file = sys.modules["keras_distill.models.hugging_face_classifier"]
    monkeypatch.setattr(file, "hugging_face_classifier", lambda folder, sequence_length: made)
    assert pretrained(str(tmp_path), 3, 16) is made
    with pytest.raises(ValueError) as error:
        pretrained(str(tmp_path), 2, 16)
    assert str(error.value) == (
        "The teacher has 3 classes (a, b, c), and the data has 2. Expected as many of one as of "
        "the other."
    )


def test_what_is_no_folder_of_a_classifier(tmp_path):
    assert not room._is_classifier("bert_tiny_en_uncased")
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["BertModel"]}), "utf-8")
    assert not room._is_classifier(str(tmp_path))
