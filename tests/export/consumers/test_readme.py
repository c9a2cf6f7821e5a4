"""The Python code of export/README.md runs, and the files that it names are there."""

import pathlib
import re
import shutil

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "export"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_python_runs_and_gives_the_files_outputs(int8_artefact, pictures, tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    shutil.copy(int8_artefact.path, tmp_path / "student.tflite")
    monkeypatch.chdir(tmp_path)
    images = np.floor(pictures[:1] * 255 + 0.5).astype("int32") - 128
    given = {"images": images.astype("int8")}
    exec(compile(code, "export/README.md", "exec"), given)
    from keras_distill.predictors import load

    values = (given["outputs"].astype("float32") - given["zero_point"]) * given["scale"]
    np.testing.assert_allclose(values, load("student.tflite").predict(pictures[:1]), rtol=1e-6)


def test_files_that_it_names_are_there():
    named = re.findall(r"\[[^\]\"]+\]\(([^)]+)\)", TEXT)
    assert len(named) >= 5
    assert [name for name in named if not (FOLDER / name).exists()] == []
