"""The Python code of README runs, in its order, on small data and a small teacher."""

import dataclasses
import pathlib
import re

import keras
import numpy as np
import pytest

import keras_distill as kd

ROOT = pathlib.Path(__file__).resolve().parents[2]


LOAD = kd.datasets.load


def small_data(name, batch_size=16):
    """What `datasets.load` returns, of 32 random images, or a few of the embedded texts."""
    import tensorflow as tf

    if name.endswith(".tsv"):
        data = LOAD("grammar_reviews", batch_size=8)
        # Of the training set `take` would give others in each pass.
        few = data.validation.take(2)
        return dataclasses.replace(data, train=few, validation=few, test=few)
    x = np.random.default_rng(0).random((32, 28, 28, 1)).astype("float32")
    y = np.arange(32) % 10
    return (tf.data.Dataset.from_tensor_slices((x, y)).batch(16),) * 3


def small_bert(preset, num_classes):
    """What `BertTextClassifier.from_preset` returns, without a network."""
    import keras_hub

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz"]
    words += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    return keras_hub.models.BertTextClassifier(
        keras_hub.models.BertBackbone(len(words), 1, 2, 8, 16, max_sequence_length=32),
        num_classes,
        keras_hub.models.BertTextClassifierPreprocessor(
            keras_hub.tokenizers.BertTokenizer(words), sequence_length=32
        ),
    )


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
    import keras_hub

    monkeypatch.setattr(keras_hub.models.BertTextClassifier, "from_preset", small_bert)
    given = {"keras": keras, "kd": kd, "numpy_logits": np.zeros((32, 10), "float32")}
    given |= {"build_student": small_model}
    given |= {name: small_model() for name in ("teacher", "student", "resnet", "vit")}
    given |= dict.fromkeys(("train", "validation", "test"), small_data("")[0])
    for code in blocks:
        if "kd.compress(" not in code:  # the whole journey: tests/pipeline runs it
            # An untrained model's choices are close calls.
            code = code.replace("minimum_agreement=0.9", "minimum_agreement=0.5")
            code = code.replace("max_trials=20, epochs=10", "max_trials=2, epochs=1")
            code = code.replace('corruptions="text"', 'corruptions=["keyboard"]')
            exec(compile(code, "README.md", "exec"), dict(given))
    assert pathlib.Path("student.tflite").exists()
    assert pathlib.Path("report/report.html").exists()
    assert "conv2d" in capsys.readouterr().out
