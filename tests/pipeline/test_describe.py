"""What a file is, in a few lines."""

import importlib

import keras
import pytest

from keras_distill.pipeline.describe import describe


def test_a_keras_file(tmp_path):
    model = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    kernel, bias = model.layers[-1].get_weights()
    kernel[:12] = 0.0
    model.layers[-1].set_weights([kernel, bias])
    model.save(tmp_path / "m.keras")
    text, known = describe(tmp_path / "m.keras")
    lines = text.splitlines()
    assert lines[0].startswith("m.keras: keras, ")
    assert lines[1:] == [
        "images (4, 4, 1) → 3 logits",
        "parameters: 51",
        "MACs: 48",
        "zeros in kernels: 75.0%",
    ]
    assert (known["macs"], known["sparsity"], known["input_shape"]) == (48, 0.75, [4, 4, 1])


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        describe(tmp_path / "m.tflite")
    assert str(error.value) == (
        f"There is no artefact at '{tmp_path / 'm.tflite'}': check the path."
    )


# The package hands out the function under the module's name.
ROOM = importlib.import_module("keras_distill.export.describe")
# As `kd.export.describe` gives them: a hand-made file, so that the page is known line by line.
ENDS = {"shape": [-1, 4], "scale": [0.5], "zero_point": [3], "constant": False}
FACTS = {
    "path": "net.tflite",
    "kind": "tflite",
    "bytes": 2048,
    "gzip_bytes": 1024,
    "manifest": {"format": 1, "recipe": "int8", "labels": None, "sha256": "ab"},
    "metadata": {
        "name": "net",
        "description": None,
        "version": "3",
        "author": None,
        "licence": "MIT",
        "inputs": [{"name": "x", "mean": [1.0], "std": [2.0], "description": "a sound"}],
        "outputs": [{"name": "y", "mean": None, "std": None, "description": None}],
        "labels": [f"class {i}" for i in range(9)],
    },
    "inputs": [{"name": "in:0", "signature_name": "x", "dtype": "int8", **ENDS}],
    "outputs": [{"name": "out:0", "signature_name": "y", "dtype": "int8", **ENDS}],
    "dtypes": {"int8": 2, "float32": 1},
    "tensors": [{"scale": [0.5], "constant": False}],
    "float_operators": [("CUMSUM", "one;two")],
    "zeros": {"kernel": 0.5, "other": 0.25},
    "xnnpack": {
        "fraction": 0.75,
        "partitions": 2,
        "operators": [
            {"subgraph": 0, "operator": "ADD", "output": "a", "work": 150, "xnnpack": True},
            {"subgraph": 0, "operator": "CUMSUM", "output": "b", "work": 100, "xnnpack": False},
            {"subgraph": 2, "operator": "ADD", "output": "c", "work": 150, "xnnpack": True},
        ],
    },
    "microcontroller": {"runs": False, "missing": ["GELU"], "refused": [], "source": "tflm 1"},
}
PAGE = """\
net.tflite: tflite, 2.0 KiB, 1.0 KiB gzip
metadata: name net, version 3, licence MIT
9 labels: class 0, class 1, class 2, class 3, class 4, class 5, class 6, class 7 and 1 more

           name   dtype   shape   scale   zero point   mean   std   what
 ───────────────────────────────────────────────────────────────────────────
  input    x      int8    n × 4     0.5            3      1     2   a sound
  output   y      int8    n × 4     0.5            3

  operator   number   in XNNPACK   work   of all
 ────────────────────────────────────────────────
  ADD             2            2    300    75.0%
  CUMSUM          1            –    100    25.0%

XNNPACK, LiteRT's fast kernels: 75.0% of the work (multiply-accumulates, else elements) in 2 pieces.
  A loop's body counts once.
falling back: CUMSUM (b)
TensorFlow Lite Micro: does not run it: GELU missing (tflm 1)
tensors: 2 int8, 1 float32
operators that give out floats: CUMSUM (one)
zeros in 2 kernels: 25.0% to 50.0% of each
manifest, recipe: int8"""


def test_a_tflite_file(monkeypatch):
    monkeypatch.setattr(ROOM, "describe", lambda path: FACTS)
    text, known = describe("net.tflite")
    assert text == PAGE and known is FACTS


def test_nearly_all_is_not_all(monkeypatch):
    operators = [{**FACTS["xnnpack"]["operators"][0]}]
    xnnpack = {"fraction": 0.9999, "partitions": 1, "operators": operators}
    monkeypatch.setattr(ROOM, "describe", lambda path: FACTS | {"xnnpack": xnnpack})
    assert "fast kernels: more than 99.9% of the work" in describe("net.tflite")[0]


def test_a_keras_file_of_a_text_model(tmp_path):
    words = keras.layers.TextVectorization(vocabulary=["good", "bad"], output_sequence_length=4)
    texts = keras.Input((), dtype="string")
    x = keras.layers.Embedding(4, 2)(words(texts))
    outputs = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling1D()(x))
    keras.Model(texts, outputs).save(tmp_path / "m.keras")
    text, known = describe(tmp_path / "m.keras")
    assert text.splitlines()[1:] == [
        "texts → 2 logits",
        "parameters: 14",
        "zeros in kernels: 0.0%",
    ]
    assert known["input_shape"] == [] and "macs" not in known
