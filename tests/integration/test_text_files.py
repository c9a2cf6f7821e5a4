"""Models of texts, from training to a file on corrupted texts: a BERT and a bag of words."""

import keras
import numpy as np
import pytest

from keras_distill import export, predictors
from keras_distill.robustness import evaluate

GOOD, BAD = "good great lovely brilliant".split(), "bad awful boring terrible".split()
NEUTRAL = "the film was a story with actors and music in this place".split()
LENGTH = 12


def sentences(number, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(2, size=number)
    texts = []
    for label in labels:
        words = list(rng.choice(NEUTRAL, rng.integers(3, 12)))
        words[1:1] = rng.choice(GOOD if label else BAD, 2)
        texts.append(" ".join(words))
    return texts, labels


TRAIN, TRAIN_LABELS = sentences(600, 0)
TEXTS, LABELS = sentences(200, 1)
TEXTS[3], TEXTS[4], TEXTS[5] = "", "good " * 40, "Größe & <b>LOVELY</b> 电影!"


def bert():
    keras_hub = pytest.importorskip("keras_hub")
    keras.utils.set_random_seed(0)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *GOOD, *BAD, *NEUTRAL]
    letters = "abcdefghijklmnopqrstuvwxyz!&<>/"
    words += [*letters, *(f"##{letter}" for letter in letters)]
    words = list(dict.fromkeys(words))
    backbone = keras_hub.models.BertBackbone(
        vocabulary_size=len(words), num_layers=1, num_heads=2, hidden_dim=16, intermediate_dim=32,
        max_sequence_length=LENGTH,
    )  # fmt: skip
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=words, lowercase=True)
    made = keras_hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=LENGTH)
    task = keras_hub.models.BertTextClassifier(backbone, num_classes=2, preprocessor=made)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    task.compile(keras.optimizers.Adam(0.01), loss)
    task.fit(
        np.array(TRAIN, object), TRAIN_LABELS, epochs=3, batch_size=32, shuffle=False, verbose=0
    )
    return task, made


def bag():
    keras.utils.set_random_seed(0)
    layer = keras.layers.TextVectorization(output_sequence_length=LENGTH)
    layer.adapt(TRAIN)
    ids = keras.Input((LENGTH,), dtype="int32")
    x = keras.layers.Embedding(layer.vocabulary_size(), 8)(ids)
    x = keras.layers.GlobalAveragePooling1D()(x)
    model = keras.Model(ids, keras.layers.Dense(2)(x), name="bag")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.03), loss)
    model.fit(layer(TRAIN), TRAIN_LABELS, epochs=4, batch_size=32, verbose=0)
    return model, layer


@pytest.mark.slow
@pytest.mark.parametrize("kind", [bert, bag])
def test_a_text_model_trained_exported_and_measured(kind, tmp_path):
    model, preprocessor = kind()
    teacher = predictors.load(model, name="teacher", preprocessor=preprocessor)
    expected = teacher.predict(TEXTS)
    assert (expected.argmax(axis=1) == LABELS).mean() > 0.9
    files = {}
    for recipe, agreement in (("float32", 1.0), ("dynamic_range", 0.97)):
        given = {} if kind is bert else {"preprocessor": preprocessor}
        artefact = export.to_tflite(
            model, tmp_path / f"{recipe}.tflite", recipe, samples=TEXTS, **given
        )
        assert artefact.parity.examples == 200
        files[recipe] = predictors.load(artefact)
        received = files[recipe].predict(TEXTS)
        assert (received.argmax(axis=1) == expected.argmax(axis=1)).mean() >= agreement
        if recipe == "float32":
            np.testing.assert_allclose(received, expected, atol=1e-3)
        assert export.verify(artefact)["examples"] == 8
    corruptions = ["keyboard", "word_drop", "unknown_words"]
    report = evaluate({"teacher": teacher, **files}, (TEXTS, LABELS), corruptions, progress=False)
    document = report.document
    assert document["data"]["empty_texts"] == 1
    cut = {row["name"]: row["texts_cut"] for row in document["models"]}
    assert len(set(cut.values())) == 1 and cut["teacher"] >= 1
    accuracy = {row["model"]: row for row in document["aggregates"]}
    assert len(document["cells"]) == 3 * (1 + 5 * 3)
    for name, row in accuracy.items():
        assert row["mean_corrupted_accuracy"] < row["clean_accuracy"], name
        assert row["agreement_corrupted"] > 0.95
    report.save(tmp_path / "report")
    assert (tmp_path / "report" / "report.html").stat().st_size > 100_000
