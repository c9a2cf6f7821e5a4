import base64
import io

import numpy as np
import pytest

from keras_distill import corruptions, predictors
from keras_distill.robustness.measuring.measured_data import MeasuredData
from keras_distill.robustness.measuring.measurement import Measurement
from keras_distill.robustness.measuring.record_store import RecordStore
from keras_distill.robustness.probes.gallery import CHANCE, gallery

CELLS = {
    (name, s): corruptions.get(name, s) for name in ("brightness", "contrast") for s in (1, 3, 5)
}
GREY = np.arange(10, 210, 20, dtype=np.uint8)
IMAGES = np.ones((10, 4, 4, 1), np.uint8) * GREY[:, None, None, None]
LABELS = (GREY > 100).astype(int)


def threshold(at):
    def model(images):
        p = 0.1 + 0.8 * (np.asarray(images)[:, 0, 0, 0] > at / 255)
        return np.stack([1 - p, p], axis=1)

    return model


@pytest.fixture
def measured(tmp_path):
    models = {"teacher": threshold(178), "student": threshold(100)}
    loaded = {name: predictors.load(model, name=name) for name, model in models.items()}
    data = MeasuredData((IMAGES, LABELS))
    store = RecordStore(tmp_path / "run", {})
    measurement = Measurement(loaded, data, "teacher", store, 7, 1)
    measurement.run(CELLS, LABELS, False)

    def records(model, cell):
        return store.read(cell, 1, list(loaded).index(model))

    return measurement, records


def test_flips_first_then_chance(measured):
    measurement, records = measured
    rows = gallery(measurement, records, CELLS, "teacher", 3)
    assert len(rows) == 1 + CHANCE
    flip = rows[0]
    # Brightened by 0.3, grey 30 … 90 pass the student's threshold, not the teacher's.
    assert (flip["why"], flip["corruption"], flip["label"]) == (
        "teacher right, student wrong", "brightness", 0,
    )  # fmt: skip
    strongest = flip["frames"][-1]
    assert strongest["severity"] == 5 and strongest["answers"]["student"]["class"] == 1
    assert strongest["answers"]["teacher"]["class"] == 0
    assert [frame["severity"] for frame in flip["frames"]] == [0, 1, 3, 5]
    assert [row["why"] for row in rows[1:]] == ["picked by chance"] * CHANCE
    assert rows == gallery(measurement, records, CELLS, "teacher", 3)


def test_pictures_are_the_bytes_that_were_measured(measured):
    image = pytest.importorskip("PIL.Image")
    measurement, records = measured
    flip = gallery(measurement, records, CELLS, "teacher", 3)[0]
    with image.open(io.BytesIO(base64.b64decode(flip["frames"][-1]["png"]))) as picture:
        pixels = np.asarray(picture)
    made = CELLS["brightness", 5](IMAGES, 7)[flip["id"], ..., 0]
    np.testing.assert_array_equal(pixels, made)


def test_nothing_corrupted_nothing_shown(measured):
    assert gallery(*measured, {}, "teacher", 0) == []


def test_large_pictures_are_made_small(tmp_path):
    image = pytest.importorskip("PIL.Image")
    images = np.random.default_rng(0).integers(0, 256, (3, 100, 200, 3), np.uint8)
    loaded = {"a": predictors.load(lambda x: np.tile([[0.9, 0.1]], (len(x), 1)))}
    data = MeasuredData((images, [0, 1, 0]))
    measurement = Measurement(loaded, data, "a", RecordStore(tmp_path / "run", {}), 0, 1)
    cells = {("contrast", 1): CELLS["contrast", 1]}
    measurement.run(cells, data.labels, False)
    rows = gallery(measurement, lambda m, c: measurement.store.read(c, 1, 0), cells, "a", 0)
    with image.open(io.BytesIO(base64.b64decode(rows[0]["frames"][0]["png"]))) as picture:
        assert picture.size == (96, 48)


def test_texts_are_shown_as_texts(tmp_path):
    loaded = {"a": predictors.load(lambda x: np.tile([[0.9, 0.1]], (len(x), 1)))}
    texts = np.array(["a fine film, all in all", "a dull film, all in all"])
    data = MeasuredData((texts, [0, 1]))
    measurement = Measurement(loaded, data, "a", RecordStore(tmp_path / "run", {}), 0, 1)
    cells = {("keyboard", 5): corruptions.get("keyboard", 5)}
    measurement.run(cells, data.labels, False)
    row = gallery(measurement, lambda m, c: measurement.store.read(c, 1, 0), cells, "a", 0)[0]
    assert row["frames"][0] | {"answers": None} == {
        "severity": 0, "png": None, "text": texts[row["id"]], "answers": None,
    }  # fmt: skip
    assert row["frames"][1]["text"] != texts[row["id"]]
