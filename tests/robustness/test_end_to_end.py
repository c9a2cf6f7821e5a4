"""Keras models and a .tflite file through real corruptions to a report and back."""

import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.robustness import Report, evaluate


def tiny(units, seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(units, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(3),
        ]
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    teacher, student = tiny(8, 0), tiny(2, 1)
    path = tmp_path_factory.mktemp("export") / "student.tflite"
    to_tflite(student, path)
    rng = np.random.default_rng(0)
    data = rng.random((40, 8, 8, 1), "float32"), rng.integers(0, 3, 40)
    models = {"teacher": teacher, "student": student, "file": path}
    names = ["gaussian_noise", "contrast"]
    return evaluate(models, data, names, severities=(1, 5), progress=False)


def test_the_file_is_judged_as_the_model_it_was_made_from(report):
    assert len(report.cells) == 3 * 5
    assert (report.correct["file"] == report.correct["student"]).all()
    rows = {row["model"]: row for row in report.rows()}
    assert rows["student"]["parameters"] == 2 * 10 + 3 * 3
    assert rows["file"]["kib"] > rows["file"]["gzip_kib"] > 0
    assert [model["format"] for model in report.document["models"]] == ["keras", "keras", "tflite"]


def test_every_file_comes_back_byte_for_byte(report, tmp_path):
    one = report.save(tmp_path / "one")
    two = Report.load(one / "report.json").save(tmp_path / "two")
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(files) == 6
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file
