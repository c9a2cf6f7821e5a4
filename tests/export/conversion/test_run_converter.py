"""What the converter refuses, in words; what it makes is tested in test_to_tflite."""

import re

import keras
import pytest

from keras_distill.export import to_tflite
from keras_distill.export.conversion import run_converter


def answering(monkeypatch, answer):
    monkeypatch.setattr(run_converter, "run_child", lambda *arguments: answer)


def test_whatever_it_says_is_shown(plain, tmp_path, monkeypatch):
    answering(monkeypatch, {"refused": "x" * 3000 + "the end"})
    with pytest.raises(RuntimeError) as caught:
        to_tflite(plain, tmp_path / "x.tflite")
    said = str(caught.value)
    start = "The converter refused the model 'small'; no file was written. It said:\n"
    assert said.startswith(start) and said.endswith("xthe end") and len(said) == len(start) + 2000
    assert list(tmp_path.iterdir()) == []


def test_operators_without_a_layer(plain, tmp_path, monkeypatch):
    reason = "error: 'tf.Cumprod' op is neither a custom op nor a flex op"
    answering(monkeypatch, {"refused": reason})
    message = (
        "The model 'small' uses Cumprod, which LiteRT's stock interpreter does not have. Replace "
        "the layers that make these operators; no file was written."
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        to_tflite(plain, tmp_path / "x.tflite")


def test_a_full_disk(plain, tmp_path, monkeypatch):
    answering(monkeypatch, {"disk": "No space left."})
    with pytest.raises(OSError, match="^Could not write .*: No space left. No file was left."):
        to_tflite(plain, tmp_path / "x.tflite")


def test_a_layer_that_left_nothing_to_keep(pictures, tmp_path):
    inputs = keras.Input((12, 12, 1))
    x = keras.layers.Dropout(0.5, name="nothing")(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    message = (
        "`keep_float` names 'nothing', but no operator of the file is that layer's own: the "
        "converter merged it into others. Name the layer before or after it."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        to_tflite(
            model, tmp_path / "x.tflite", "int8", calibration_data=pictures[:9],
            keep_float=["nothing"],
        )  # fmt: skip
