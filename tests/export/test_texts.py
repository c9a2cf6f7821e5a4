"""A KerasHub task is exported on texts, and its golden vectors hold them."""

import hashlib
import json
import pathlib
import re
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_distill.export import describe, to_saved_model, to_tflite, verify
from keras_distill.predictors import load
from keras_distill.predictors.tflite_file import TFLiteFile

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "a"]
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "export" / "python" / "text_to_ids.py"
ALONE = """
import runpy, sys
for name in ("tensorflow", "keras", "keras_hub", "keras_distill"):
    sys.modules[name] = None  # its import fails
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
TEXTS = ["a good film", "bad", "Good, good!", "a bad film a", *(["film"] * 9)]


@pytest.fixture(scope="module")
def task():
    keras_hub = pytest.importorskip("keras_hub")
    keras.utils.set_random_seed(0)
    backbone = keras_hub.models.BertBackbone(
        vocabulary_size=len(WORDS), num_layers=1, num_heads=2, hidden_dim=8, intermediate_dim=16,
        max_sequence_length=6,
    )  # fmt: skip
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=WORDS, lowercase=True)
    preprocessor = keras_hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=6)
    return keras_hub.models.BertTextClassifier(
        backbone=backbone, preprocessor=preprocessor, num_classes=2
    )


def test_golden_vectors_hold_texts_ids_and_probabilities(task, tmp_path):
    path = tmp_path / "sentiment.tflite"
    artefact = to_tflite(task, path, samples=TEXTS, output="probabilities", labels=["no", "yes"])
    assert artefact.parity.examples == 13 and artefact.parity.source == "samples"
    page = json.loads((tmp_path / "sentiment.tflite.golden.json").read_text())
    assert page["texts"] == TEXTS[:8]
    ids = {part["name"]: part["values"] for part in page["inputs"]}
    assert set(ids) == {"token_ids", "segment_ids", "padding_mask"}
    assert ids["token_ids"][:2] == [[2, 8, 5, 7, 3, 0], [2, 6, 3, 0, 0, 0]]
    assert ids["padding_mask"][1] == [1, 1, 1, 0, 0, 0]
    (made,) = page["outputs"]
    np.testing.assert_allclose(np.sum(made["values"], axis=1), 1, atol=1e-5)
    # Not the file against itself: against what the task says of the texts.
    told = keras.ops.softmax(task.predict(TEXTS[:8], verbose=0))
    np.testing.assert_allclose(made["values"], told, atol=1e-5)
    assert verify(path)
    # Padding is no matter of the export: the ids of one text alone give the same.
    one = {name: np.array(values[1:2], "int32") for name, values in ids.items()}
    given = TFLiteFile(path).predict(one)
    np.testing.assert_allclose(next(iter(given.values())), told[1:2], atol=1e-5)


def test_a_saved_model_is_compared_on_texts(task, tmp_path):
    artefact = to_saved_model(task, tmp_path / "sentiment", samples=TEXTS)
    assert (artefact.parity.examples, artefact.parity.source) == (13, "samples")
    assert (tmp_path / "sentiment" / "vocab.txt").read_text().split("\n") == [*WORDS, ""]
    assert verify(artefact)["tokenization"]["vocabulary"] == "vocab.txt"
    served = load(artefact)
    np.testing.assert_allclose(served.predict(TEXTS), load(task).predict(TEXTS), atol=1e-5)
    long = [*TEXTS, "a bad film a film"]
    assert served.cut(long) == load(task).cut(long) == 1


def test_a_file_of_a_task_predicts_from_texts(task, tmp_path):
    artefact = to_tflite(task, tmp_path / "m.tflite")
    told = artefact.manifest["tokenization"]
    assert (told["kind"], told["vocabulary_size"], told["sequence_length"]) == ("wordpiece", 9, 6)
    assert told["tokens"] == {"start": "[CLS]", "end": "[SEP]", "pad": "[PAD]", "unknown": "[UNK]"}
    predictor = load(tmp_path / "m.tflite")
    np.testing.assert_allclose(predictor.predict(TEXTS), load(task).predict(TEXTS), atol=1e-5)
    assert describe(artefact)["tokenization"] == verify(artefact)["tokenization"] == told


@pytest.fixture(scope="module")
def vectorize():
    return keras.layers.TextVectorization(output_sequence_length=5, vocabulary=WORDS[5:])


@pytest.fixture(scope="module")
def plain():
    keras.utils.set_random_seed(1)
    ids = keras.Input((5,), dtype="int32", name="words")
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(6, 4)(ids))
    return keras.Model(ids, keras.layers.Dense(2)(x), name="bag")


@pytest.fixture(scope="module")
def files(plain, vectorize, tmp_path_factory):
    path = tmp_path_factory.mktemp("bag") / "bag.tflite"
    to_tflite(plain, path, samples=TEXTS, preprocessor=vectorize)
    return path


def test_a_plain_model_with_its_preprocessor(plain, vectorize, files):
    beside = sorted(file.name for file in files.parent.iterdir())
    assert beside == [
        "bag.tflite", "bag.tflite.golden.json", "bag.tflite.manifest.json", "bag.tflite.vocab.txt"
    ]  # fmt: skip
    content = files.with_name("bag.tflite.vocab.txt").read_bytes()
    assert content == b"\n[UNK]\ngood\nbad\nfilm\na\n"
    told = describe(files)["tokenization"]
    assert told["inputs"] == {"input": "token_ids"}
    assert told["vocabulary_sha256"] == hashlib.sha256(content).hexdigest()
    expected = load(plain, preprocessor=vectorize).predict(TEXTS)
    np.testing.assert_allclose(load(files).predict(TEXTS), expected, atol=1e-5)
    golden = json.loads(files.with_name("bag.tflite.golden.json").read_text())
    assert golden["texts"] == TEXTS[:8]
    assert golden["inputs"][0]["values"][0] == [5, 2, 4, 0, 0]


def test_an_altered_or_missing_vocabulary_is_told(files, tmp_path):
    for file in files.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    words = tmp_path / "bag.tflite.vocab.txt"
    old = hashlib.sha256(words.read_bytes()).hexdigest()
    words.write_text("\n[UNK]\nbad\ngood\nfilm\na\n")
    new = hashlib.sha256(words.read_bytes()).hexdigest()
    path = tmp_path / "bag.tflite"
    end = "\nExport it again, or copy all its files anew from where it was made."
    message = (
        f"'{path}' is not as it was made:\n- The SHA-256 of its vocabulary 'bag.tflite.vocab.txt' "
        f"is {new}, but its manifest says {old}: texts would become other ids.{end}"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        verify(path)
    words.unlink()
    message = (
        f"'{path}' is not as it was made:\n- Its vocabulary 'bag.tflite.vocab.txt' is missing, "
        f"which makes its inputs of texts.{end}"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        verify(path)


def test_a_function_is_named_and_writes_no_vocabulary(plain, vectorize, tmp_path):
    def ids_of(texts):
        return vectorize(texts)

    artefact = to_tflite(plain, tmp_path / "m.tflite", samples=TEXTS, preprocessor=ids_of)
    assert artefact.manifest["tokenization"] == {"kind": "function", "name": "ids_of"}
    assert not (tmp_path / "m.tflite.vocab.txt").exists()
    message = (
        "'m' takes numbers, but received texts. Load it with the preprocessor that it was trained "
        "with: keras_distill.predictors.load(model, preprocessor=…)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        load(artefact).predict(TEXTS)


def test_a_vocabulary_beyond_the_embedding_is_refused_and_leaves_nothing(plain, tmp_path):
    layer = keras.layers.TextVectorization(output_sequence_length=5, vocabulary=list("abcdefgh"))
    message = (
        "The preprocessor knows 10 words, but the largest Embedding of 'bag', 'embedding', has 6 "
        "rows: ids beyond them have none. Give the preprocessor that the model was trained with."
    )
    with pytest.raises(ValueError, match="^The preprocessor knows 10 words") as caught:
        to_tflite(plain, tmp_path / "m.tflite", samples=["a"], preprocessor=layer)
    assert re.sub(r"'embedding_?\d*'", "'embedding'", str(caught.value)) == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("argument", ["--check", "a good film, a film"])
def test_the_script_needs_no_tensorflow(files, argument):
    command = [sys.executable, "-I", "-c", ALONE, str(SCRIPT), str(files), argument]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    if argument == "--check":
        assert done.stdout == "8 golden texts, 0 with other ids\n"
    else:
        name, values = done.stdout.rsplit(": ", 1)
        assert name == "output (logits, None)"
        expected = load(files).predict([argument])[0]
        np.testing.assert_allclose(json.loads(values), expected, atol=1e-6)


def test_an_error_while_writing_leaves_nothing(plain, vectorize, tmp_path, monkeypatch):
    import importlib

    # The package's attribute of this name is the function.
    module = importlib.import_module("keras_distill.export.to_tflite")
    written = []

    def full(path, content):
        written.extend(tmp_path.iterdir())
        raise OSError("No space left on device")

    monkeypatch.setattr(module, "write_json", full)
    with pytest.raises(OSError, match="No space left on device"):
        to_tflite(plain, tmp_path / "m.tflite", samples=TEXTS, preprocessor=vectorize)
    assert [path.suffix for path in written] == [".txt"] and list(tmp_path.iterdir()) == []
