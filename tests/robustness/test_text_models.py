"""Texts: models of token ids measured on corrupted ones, and a page that speaks of texts."""

import json

import keras
import numpy as np
import pytest

from keras_distill import corruptions, predictors
from keras_distill.robustness import evaluate

LENGTH = 6
TEXTS = [
    "a good film with good actors", "what a bad and boring story", "", "good",
    '<b>bad</b> & "awful" film <script>alert(1)</script>', "a very good and very long good film",
    *("a good film with actors" if i % 2 else "a bad film with actors" for i in range(24)),
]  # fmt: skip
LABELS = np.array([1, 0, 0, 1, 0, 1, *(i % 2 for i in range(24))])


@pytest.fixture(scope="module")
def vectorize():
    return keras.layers.TextVectorization(
        output_sequence_length=LENGTH, vocabulary=["good", "bad", "film", "a"]
    )


def counting(weight, name):
    """Says 1 where "good" (2) is oftener than "bad" (3), the surer the larger the weight."""
    ids = keras.Input((LENGTH,), dtype="int32")
    x = keras.layers.Embedding(6, 2)(ids)
    model = keras.Model(ids, keras.ops.sum(x, axis=1), name=name)
    table = np.zeros((6, 2), "float32")
    table[2, 1] = table[3, 0] = weight
    table[0, 0] = 0.01
    model.layers[1].set_weights([table])
    return model


@pytest.fixture(scope="module")
def report(vectorize):
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((TEXTS, LABELS)).batch(7)
    models = {
        "teacher": predictors.load(counting(3.0, "teacher"), preprocessor=vectorize),
        "student": predictors.load(
            counting(0.1, "student"), preprocessor=lambda texts: vectorize(texts)
        ),
    }
    return evaluate(models, data, ["keyboard", "word_drop"], progress=False,
                    class_names=["negative", "positive"])  # fmt: skip


def test_every_model_sees_what_the_corruption_makes(report):
    by_cell = {(c.model, c.corruption, c.severity): c.accuracy for c in report.cells}
    assert by_cell["teacher", "clean", 0] == 1.0
    made = corruptions.get("word_drop", 4)(TEXTS, seed=0)
    words = [text.lower().replace("<b>", " ").split()[:LENGTH] for text in made]
    said = np.array([w.count("good") > w.count("bad") for w in words])
    # The markup's words are no words of the vocabulary to the model: it is left out here.
    rest = np.arange(len(TEXTS)) != 4
    top = report.predictions["teacher"][report_cells(report).index(("word_drop", 4))]
    np.testing.assert_array_equal(top[rest], said[rest])


def report_cells(report):
    return [(c.corruption, c.severity) for c in report.cells if c.model == "teacher"]


def test_what_is_empty_or_cut_is_said(report):
    document = report.document
    assert document["data"]["empty_texts"] == 1
    assert [model["texts_cut"] for model in document["models"]] == [1, None]
    files = report_files(report)
    sentence = (
        "The end of texts longer than a model's sequences is cut off. That was so, of the 30 clean "
        "ones, for teacher 1."
    )
    assert f"- {sentence}" in files["report.md"]
    assert "Empty texts: 1 of 30." in files["report.md"]


def report_files(report):
    from keras_distill.robustness.reports.written_files import written_files

    return written_files(report.document)


def test_the_page_shows_texts_and_escapes_them(report, tmp_path):
    report.document["gallery"][0]["frames"][0]["text"] = TEXTS[4]
    report.save(tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "pictures" not in page and "ImageNet" not in page and "pixel" not in page[9000:]
    saved = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert all(frame["png"] is None for row in saved["gallery"] for frame in row["frames"])
    assert {row["kind"] for row in saved["classification"]} == {"clean", "corrupted"}


def test_batches_and_arrays_give_the_same(report, vectorize, without_times):
    models = {
        "teacher": predictors.load(counting(3.0, "teacher"), preprocessor=vectorize),
        "student": predictors.load(
            counting(0.1, "student"), preprocessor=lambda texts: vectorize(texts)
        ),
    }
    again = evaluate(models, (TEXTS, LABELS), ["keyboard", "word_drop"], progress=False,
                     class_names=["negative", "positive"])  # fmt: skip
    for part in ("cells", "aggregates", "classification", "suite"):
        assert again.document[part] == report.document[part]
