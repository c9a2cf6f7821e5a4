import re
import threading

import numpy as np
import pytest

from keras_distill import corruptions, predictors
from keras_distill.robustness.measuring import measured_data as module
from keras_distill.robustness.measuring.measured_data import (
    MeasuredData,
    digest_of,
    example_digests,
)
from keras_distill.robustness.measuring.measurement import Measurement
from keras_distill.robustness.measuring.record_store import RecordStore

CELLS = {("gaussian_noise", s): corruptions.get("gaussian_noise", s) for s in (1, 3)}
IMAGES = np.random.default_rng(0).integers(0, 256, (50, 8, 8, 1), np.uint8)
LABELS = np.arange(50) % 2


@pytest.fixture(autouse=True)
def parts_of_sixteen(monkeypatch):
    monkeypatch.setattr(module, "_EXAMPLES", 16)


def brightness_of(images):
    p = np.asarray(images).mean(axis=(1, 2, 3), dtype="float64")
    return np.stack([1 - p, p], axis=1)


def measured(folder, workers=1, model=brightness_of, seed=7):
    loaded = {name: predictors.load(model, name=name) for name in ("a", "b")}
    store = RecordStore(folder, {})
    data = MeasuredData((IMAGES, LABELS))
    measurement = Measurement(loaded, data, "b", store, seed, workers)
    measurement.temperatures = {"a": 1.0, "b": 2.0}
    measurement.run(CELLS, LABELS, False)
    return measurement


def test_every_model_sees_the_bytes_that_are_named(tmp_path):
    seen = []
    lock = threading.Lock()

    def remember(images):
        with lock:
            seen.append(np.array(images))
        return brightness_of(images)

    found = measured(tmp_path / "run", model=remember)
    assert found.parts == 4 and len(seen) == 2 * 3 * 4
    made = CELLS["gaussian_noise", 3](IMAGES, 7)
    digests = found.store.read(("gaussian_noise", 3), 4)["digests"]
    assert digest_of(digests) == digest_of(example_digests(made))
    # Clean, then both severities, part by part; each shown to "b" first, then to "a".
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[4], made[:16] / np.float32(255))
    np.testing.assert_array_equal(seen[4], seen[5])
    record = found.store.read(("gaussian_noise", 3), 4, 0)
    expected = brightness_of(np.divide(made, 255, dtype="float32"))
    np.testing.assert_array_equal(record["top"], expected.argmax(1))
    assert len(record["nll"]) == 50


def test_number_of_workers_changes_nothing(tmp_path):
    one, four = (measured(tmp_path / str(n), workers=n) for n in (1, 4))
    for cell in [("clean", 0), *CELLS]:
        for model in (None, 0, 1):
            mine, other = (each.store.read(cell, 4, model) for each in (one, four))
            assert mine.keys() == other.keys()
            for key in mine:
                np.testing.assert_array_equal(mine[key], other[key])


def test_what_is_finished_is_not_repeated(tmp_path):
    calls = []

    def breaks(images):
        calls.append(len(images))
        if len(calls) == 9:
            raise RuntimeError("killed")
        return brightness_of(images)

    with pytest.raises(RuntimeError, match="^killed$"):
        measured(tmp_path / "run", model=breaks)
    calls.clear()
    done = len(list((tmp_path / "run").glob("*.npz")))
    # A part that had begun is finished.
    assert 4 <= done <= 5
    whole = measured(tmp_path / "run", model=lambda x: calls.append(1) or brightness_of(x))
    assert len(calls) == 2 * (12 - done)
    fresh = measured(tmp_path / "fresh")
    for cell in CELLS:
        mine, other = (each.store.read(cell, 4, 1) for each in (whole, fresh))
        np.testing.assert_array_equal(mine["nll"], other["nll"])
    calls.clear()
    measured(tmp_path / "run", model=lambda x: calls.append(1) or brightness_of(x))
    assert calls == []


def test_published_cells_are_taken_as_they_are(tmp_path):
    class Published:
        name = "set"
        cells = [("fog", 1), ("fog", 2)]

        def batches(self, corruption, severity):
            assert corruption == "fog"
            yield IMAGES // (severity + 1), LABELS

    loaded = {"a": predictors.load(brightness_of)}
    store = RecordStore(tmp_path / "run", {})
    data = MeasuredData((IMAGES, LABELS))
    measurement = Measurement(loaded, data, "a", store, 0, 2)
    measurement.run(Published(), LABELS, False)
    digests = store.read(("fog", 2), 4)["digests"]
    np.testing.assert_array_equal(digests, example_digests(IMAGES // 3))


@pytest.mark.parametrize(
    "outputs, sentence",
    [
        (
            np.zeros((3, 2, 2)),
            "'a' gives outputs of shape (3, 2, 2) for 3 examples. Expected (examples, classes) "
            "with at least two classes.",
        ),
        (
            np.full((3, 2), np.nan),
            "'a' gives outputs that are NaN or infinite, so it has no top class. Expected finite "
            "outputs: check its weights.",
        ),
        (
            np.full((3, 2), 0.5),
            "The labels go from 0 to 2, but 'a' has 2 classes. Expected labels from 0 to 1.",
        ),
    ],
)
def test_wrong_outputs(tmp_path, outputs, sentence):
    data = MeasuredData((IMAGES[:3], [0, 1, 2]))
    loaded = {"a": predictors.load(lambda images: outputs)}
    measurement = Measurement(loaded, data, "a", RecordStore(tmp_path / "run", {}), 0, 1)
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        measurement.run({}, None, False)


class Stream:
    """Batches that are made when they are asked for."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        for number in range(self.batches):
            rng = np.random.default_rng(number)
            yield rng.integers(0, 256, (20, 32, 32, 3), np.uint8), np.arange(20) % 2


def peak(batches, folder):
    import tracemalloc

    tracemalloc.start()
    data = MeasuredData(Stream(batches))
    loaded = {"a": predictors.load(brightness_of)}
    measurement = Measurement(loaded, data, "a", RecordStore(folder, {}), 0, 1)
    measurement.run(CELLS, data.labels, False)
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest


def test_memory_does_not_grow_with_the_data(tmp_path):
    peak(15, tmp_path / "warm")
    few, many = peak(15, tmp_path / "few"), peak(90, tmp_path / "many")
    # What the further images alone take as bytes; as floats they would take four times as much.
    further = 75 * 20 * 32 * 32 * 3
    assert many - few < further / 5
