import json

import numpy as np
import pytest

from keras_distill.robustness import Report

SMALL = {"models": ("a", "b"), "groups": {"weather": ["fog"]}, "n": 30}


@pytest.fixture
def folder(drawn, tmp_path):
    document, predictions, labels = drawn(**SMALL)
    (tmp_path / "report.json").write_text(json.dumps(document))
    tops = {f"model_{index}": top for index, top in enumerate(predictions.values())}
    np.savez_compressed(tmp_path / "predictions.npz", labels=labels, **tops)
    return tmp_path


def message(folder):
    with pytest.raises(ValueError) as raised:
        Report.load(folder / "report.json")
    return str(raised.value)


def test_the_folder_is_sound(folder):
    assert Report.load(folder / "report.json").correct["a"].shape == (6, 30)


@pytest.mark.parametrize(
    "schema, expected",
    [
        (
            "keras_distill.robustness/1",
            "report.json was written by an earlier version of keras_distill (schema 1, this "
            "version reads 2), which did not measure all that a report now shows. Measure again.",
        ),
        (
            "keras_distill.robustness/3",
            "report.json was written by a newer version of keras_distill (schema 3, this version "
            "reads 2). Update keras_distill: pip install --upgrade keras-distill.",
        ),
        (
            "model_index/2",
            "report.json is no report of keras_distill: its schema is 'model_index/2', expected "
            "'keras_distill.robustness/2'. Give the report.json that `Report.save` wrote.",
        ),
    ],
)
def test_other_schema(tmp_path, schema, expected):
    (tmp_path / "report.json").write_text(json.dumps({"schema": schema}))
    assert message(tmp_path) == expected


@pytest.mark.parametrize("content", ["[]", "null", "7"])
def test_json_of_something_else(tmp_path, content):
    (tmp_path / "report.json").write_text(content)
    assert message(tmp_path) == (
        "report.json is no report of keras_distill: its schema is None, expected "
        "'keras_distill.robustness/2'. Give the report.json that `Report.save` wrote."
    )


@pytest.mark.parametrize(
    "content, reason",
    [
        (b'{"schema": "keras_d', "Unterminated string starting at: line 1 column 12 (char 11)"),
        (b'{"seed": NaN}', "NaN is no number of JSON"),
        (b"", "Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_no_json(tmp_path, content, reason):
    (tmp_path / "report.json").write_bytes(content)
    assert message(tmp_path) == (
        f"report.json is no JSON, so it is damaged or cut off ({reason}). Copy it again, or "
        "measure again."
    )


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 100_000])
def test_bytes_that_break_the_parser(tmp_path, content):
    (tmp_path / "report.json").write_bytes(content)
    assert message(tmp_path).startswith("report.json is no JSON, so it is damaged or cut off (")


@pytest.mark.parametrize(
    "change, fault",
    [
        (lambda d: d.pop("cells"), "report has no 'cells'"),
        (
            lambda d: d["cells"][1].update(accuracy="x"),
            "report.cells[1].accuracy is 'x', expected number",
        ),
        (
            lambda d: d["aggregates"].reverse(),
            "report.models and report.aggregates name different models",
        ),
        (lambda d: d["models"][1].update(name="a"), "two models are named 'a'"),
        (lambda d: d.update(baseline="c"), "report.baseline is 'c', expected one of a, b"),
        (
            lambda d: d["cells"].pop(),
            "report.cells are not the same for every model, clean first",
        ),
        (
            lambda d: d["cells"][7].update(model="c"),
            "report.cells are not the same for every model, clean first",
        ),
        (
            lambda d: d["suite"].update(corruptions=["fog", "snow"]),
            "report.cells and report.suite.corruptions name different corruptions",
        ),
        (
            lambda d: d["comparisons"][0].update(against="c"),
            "it speaks of 'c', expected one of a, b",
        ),
        (
            lambda d: d["stability"][0].update(model="c"),
            "it speaks of 'c', expected one of a, b",
        ),
        (
            lambda d: d["error_consistency"]["clean"].pop(),
            "report.error_consistency.clean is no matrix of its 2 models",
        ),
    ],
)
def test_damaged(folder, change, fault):
    path = folder / "report.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    expected = f"report.json is damaged: {fault}. Copy it again, or measure again."
    assert message(folder) == expected


def rewrite(path, **arrays):
    with np.load(path) as packed:
        known = dict(packed)
    np.savez_compressed(path, **known | arrays)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: path.write_bytes(b"no zip"),
        lambda path: path.write_bytes(
            path.read_bytes()[:70] + bytes([path.read_bytes()[70] ^ 255]) + path.read_bytes()[71:]
        ),
        lambda path: rewrite(path, labels=np.zeros(29, "uint8")),
        lambda path: rewrite(path, model_1=np.zeros((5, 30), "uint8")),
        lambda path: rewrite(path, model_1=np.zeros((6, 30))),
        lambda path: rewrite(path, model_1=np.full((6, 30), None)),
        lambda path: np.savez_compressed(path, labels=np.zeros(30, "uint8")),
    ],
    ids=["cut", "garbage", "flipped", "labels", "shape", "floats", "pickle", "missing"],
)
def test_damaged_predictions(folder, damage):
    damage(folder / "predictions.npz")
    assert message(folder) == (
        "predictions.npz is damaged, or belongs to another report.json. Copy both again, or "
        "delete predictions.npz: the report renders without it."
    )
