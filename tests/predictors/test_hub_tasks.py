"""KerasHub tasks predict from texts by their own preprocessor, also from a file."""

import keras
import numpy as np
import pytest

from keras_distill.predictors import load

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "a"]
TEXTS = ["a good film", "bad", "", "Good, good!", "a bad film a bad film", *(["film"] * 300)]


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


@pytest.mark.slow
def test_a_keras_hub_task_and_its_file(task, tmp_path):
    expected = task.predict(TEXTS, verbose=0)
    predictor = load(task)
    np.testing.assert_allclose(predictor.predict(TEXTS), expected, atol=1e-5)
    assert (predictor.preprocessor, predictor.outputs) == (task.preprocessor, "logits")
    assert predictor.cut(TEXTS) == 1
    task.save(tmp_path / "task.keras")
    read = load(tmp_path / "task.keras")
    np.testing.assert_allclose(read.predict(TEXTS), expected, atol=1e-5)
    # The task itself is as it was.
    np.testing.assert_allclose(task.predict(TEXTS[:3], verbose=0), expected[:3], atol=1e-5)
