"""A model file that is missing or damaged is named with its key."""

import keras
import pytest

from keras_distill.pipeline.load_model import load_model


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        load_model(tmp_path / "t.keras", "teacher.model")
    assert str(error.value) == (
        f"`teacher.model`: expected a .keras file. Received: '{tmp_path / 't.keras'}', which does "
        "not exist."
    )


def test_damaged(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.save(tmp_path / "t.keras")
    whole = (tmp_path / "t.keras").read_bytes()
    (tmp_path / "t.keras").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError) as error:
        load_model(tmp_path / "t.keras", "teacher.model")
    assert str(error.value).startswith(
        f"`teacher.model`: Keras cannot read '{tmp_path / 't.keras'}'; expected a .keras file "
        "saved by Keras 3 ("
    )
