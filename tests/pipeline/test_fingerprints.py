"""Contents, not names, tell inputs apart."""

import keras
import numpy as np
import tensorflow as tf

from keras_distill.pipeline import Configuration, fingerprints


def model():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)], name="net")


def test_a_model_in_memory_is_its_architecture_and_weights():
    one = model()
    same = model()
    same.layers[0]._name = one.layers[0].name
    same.set_weights(one.get_weights())
    assert fingerprints.of_model(one) == fingerprints.of_model(one)
    weights = one.get_weights()
    before = fingerprints.of_model(one)
    weights[0][0, 0] += 1
    one.set_weights(weights)
    assert fingerprints.of_model(one) != before


def test_splits_are_told_apart_by_their_images():
    def splits(value):
        data = tf.data.Dataset.from_tensors((np.full((2, 3), value, "float32"), np.zeros(2)))
        return data, data, data

    assert fingerprints.of_splits(splits(1.0)) == fingerprints.of_splits(splits(1.0))
    assert fingerprints.of_splits(splits(1.0)) != fingerprints.of_splits(splits(2.0))


def test_files_and_folders(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_bytes(b"12")
    (tmp_path / "t.keras").write_bytes(b"model")
    configuration = Configuration(
        data={"name": str(tmp_path / "photos")}, teacher={"model": str(tmp_path / "t.keras")}
    )
    before = fingerprints.of(configuration)
    assert set(before) == {"teacher.model", "data.name"}
    (tmp_path / "photos" / "a.png").write_bytes(b"123")
    after = fingerprints.of(configuration)
    assert before["teacher.model"] == after["teacher.model"]
    assert before["data.name"] != after["data.name"]
