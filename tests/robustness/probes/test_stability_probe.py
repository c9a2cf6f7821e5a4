import numpy as np
import pytest

from keras_distill import corruptions, predictors
from keras_distill.robustness import flip_probability
from keras_distill.robustness.measuring.measured_data import MeasuredData
from keras_distill.robustness.measuring.measurement import Measurement
from keras_distill.robustness.measuring.record_store import RecordStore
from keras_distill.robustness.probes.stability_probe import FRAMES, stability_probe

IMAGES = np.random.default_rng(0).integers(0, 256, (130, 8, 8, 1), np.uint8)


def corner(images):
    p = np.asarray(images)[:, 0, 0, 0] > 0.5
    return np.stack([1.0 - p, p], axis=1)


def test_flips_of_the_sequences(tmp_path):
    models = {"corner": corner, "same": lambda x: np.tile([[0.9, 0.1]], (len(x), 1))}
    loaded = {name: predictors.load(model, name=name) for name, model in models.items()}
    data = MeasuredData((IMAGES, np.arange(130) % 2))
    measurement = Measurement(loaded, data, "same", RecordStore(tmp_path / "run", {}), 0, 1)
    rows = stability_probe(measurement, ["translate", "brightness"], 3)
    assert [(row["sequence"], row["model"]) for row in rows] == [
        ("translate", "corner"), ("translate", "same"),
        ("brightness", "corner"), ("brightness", "same"),
    ]  # fmt: skip
    frames = corruptions.sequence("translate", IMAGES / np.float32(255), FRAMES, seed=3)
    tops = corner(frames.reshape(-1, 8, 8, 1)).argmax(1).reshape(130, FRAMES)
    assert rows[0]["flip_probability"] == pytest.approx(flip_probability(tops))
    assert rows[0]["flip_probability"] > 0.1
    low, high = rows[0]["flip_probability_ci95"]
    assert low < rows[0]["flip_probability"] < high
    assert (rows[0]["n"], rows[0]["frames"]) == (130, FRAMES)
    assert rows[1]["flip_probability"] == 0.0
