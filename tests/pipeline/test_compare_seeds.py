"""Both arms per seed under one teacher; the files hold what the lines say."""

import csv
import json

import keras
import numpy as np
import pytest

from keras_distill.pipeline import Configuration
from keras_distill.pipeline.compare_seeds import compare_seeds, described

FOUND = {
    "seeds": [0, 1, 2],
    "teacher": {"clean": 0.9, "corrupted": 0.5},
    "clean": {
        "control_mean": 0.86,
        "control_sd": 0.002,
        "treated_mean": 0.87,
        "treated_sd": 0.001,
        "difference": 0.01,
        "ci95": [0.002, 0.018],
    },
}


def test_both_kinds_with_their_interval():
    text = described({**FOUND, "corrupted": FOUND["clean"]})
    assert text.splitlines()[0] == "Seeds 0, 1, 2, one fixed teacher:"
    assert text.splitlines()[1] == (
        "  clean      teacher 90.00%   control 86.00% ± 0.20%   distilled 87.00% ± 0.10%   "
        "difference +1.00 points, 95 % interval +0.20 to +1.80"
    )


def test_two_seeds_in_small(tmp_path, pictures, teacher_maker):
    teacher_maker().save(tmp_path / "t.keras")
    configuration = Configuration(
        output=str(tmp_path / "run"),
        data={"name": str(pictures), "image_size": [8, 8], "batch_size": 32},
        teacher={"model": str(tmp_path / "t.keras")},
        student={"width": 0.5},
        distillation={"epochs": 1, "learning_rate": 0.01},
        robustness={"corruptions": ["contrast"], "severities": [5]},
    )
    text = compare_seeds(configuration, 2)
    run = tmp_path / "run"
    found = json.loads((run / "seeds.json").read_text())
    assert text == described(found)
    with (run / "seeds.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["arm"], row["seed"]) for row in rows] == [
        ("control", "0"), ("control", "1"), ("distilled", "0"), ("distilled", "1"),
    ]  # fmt: skip
    for kind in ("clean", "mean_corrupted"):
        values = [float(row[f"{kind}_accuracy"]) for row in rows]
        difference = np.mean(values[2:]) - np.mean(values[:2])
        known = found["clean" if kind == "clean" else "corrupted"]
        assert known["difference"] == pytest.approx(difference, abs=1e-5)
    # The teacher is one; the students' initial weights are not.
    folders = (run, run / "seeds" / "seed_1")
    teachers, students = (
        [keras.models.load_model(f / "models" / f"{name}.keras") for f in folders]
        for name in ("teacher", "student_untrained")
    )
    same = [(a == b).all() for a, b in zip(*(m.get_weights() for m in teachers), strict=True)]
    assert all(same)
    assert any((a != b).any() for a, b in zip(*(m.get_weights() for m in students), strict=True))
