"""The Python code of README runs, in its order, on small data and a small teacher."""

import pathlib
import re

import keras
import numpy as np
import pytest

import keras_distill as kd

ROOT = pathlib.Path(__file__).resolve().parents[2]


def small_data(name, batch_size=16):
    """What `datasets.load` returns, of 32 random images."""
    import tensorflow as tf

    x = np.random.default_rng(0).random((32, 28, 28, 1)).astype("float32")
    y = np.arange(32) % 10
    return (tf.data.Dataset.from_tensor_slices((x, y)).batch(16),) * 3


def small_model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(8, 3, strides=4, use_bias=False)(inputs)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(10)(x))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_block_runs(tmp_path, monkeypatch, capsys):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == text.count("```python") >= 5
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kd.datasets, "load", small_data)
    given = {"keras": keras, "kd": kd, "numpy_logits": np.zeros((32, 10), "float32")}
    given |= {name: small_model() for name in ("teacher", "student", "resnet", "vit")}
    given |= dict.fromkeys(("train", "validation", "test"), small_data("")[0])
    for code in blocks:
        if "kd.compress(" not in code:  # the whole journey: tests/pipeline runs it
            # An untrained model's choices are close calls.
            code = code.replace("minimum_agreement=0.9", "minimum_agreement=0.5")
            exec(compile(code, "README.md", "exec"), dict(given))
    assert pathlib.Path("student.tflite").exists()
    assert pathlib.Path("report/report.html").exists()
    assert "conv2d" in capsys.readouterr().out
