"""A KerasHub task is exported on texts, and its golden vectors hold them."""

import json

import keras
import numpy as np
import pytest

from keras_distill.export import to_saved_model, to_tflite, verify
from keras_distill.predictors.tflite_file import TFLiteFile

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "a"]
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
