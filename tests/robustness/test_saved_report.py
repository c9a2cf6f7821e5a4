import json

import pytest

from keras_distill.robustness import Report, evaluate


@pytest.fixture
def folder(brightened, threshold, tmp_path):
    models = {"a": threshold(0.45), "b": threshold(0.25)}
    return evaluate(models, **brightened).save(tmp_path / "report")


def message(folder):
    with pytest.raises(ValueError) as raised:
        Report.load(folder / "report.json")
    return str(raised.value)


def test_other_schema(tmp_path):
    (tmp_path / "report.json").write_text(json.dumps({"schema": "keras_distill.robustness/2"}))
    with pytest.raises(ValueError) as raised:
        Report.load(tmp_path / "report.json")
    assert str(raised.value) == (
        "report.json has the schema 'keras_distill.robustness/2'. Expected "
        "'keras_distill.robustness/1': measure again with this version, or read it with the "
        "version that wrote it."
    )


def test_cut_off(folder):
    path = folder / "report.json"
    path.write_bytes(path.read_bytes()[:100])
    said = message(folder)
    assert said.startswith("report.json is no JSON, so it is damaged or cut off (")
    assert said.endswith("). Copy it again, or measure again.")


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
        (lambda d: d.update(baseline="c"), "report.baseline is 'c', expected one of a, b"),
    ],
)
def test_damaged(folder, change, fault):
    path = folder / "report.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    expected = f"report.json is damaged: {fault}. Copy it again, or measure again."
    assert message(folder) == expected


@pytest.mark.parametrize("damage", ["cut", "garbage", "flipped"])
def test_damaged_correctness(folder, damage):
    path = folder / "correct.npz"
    content = path.read_bytes()
    flipped = bytearray(content)
    flipped[70] ^= 0xFF
    changed = {"cut": content[:-30], "garbage": b"no zip", "flipped": bytes(flipped)}
    path.write_bytes(changed[damage])
    assert message(folder) == (
        "correct.npz is damaged, or belongs to another report.json. Copy both again, or delete "
        "correct.npz: the report renders without it."
    )
