import numpy as np
import pytest

from keras_distill.robustness import Report

SMALL = {"models": ("teacher", "int8"), "groups": {"weather": ["fog"]}, "n": 60, "extras": False}


@pytest.fixture
def report(drawn):
    return Report(*drawn(**SMALL))


def test_loads_and_saves_again_byte_for_byte(drawn, tmp_path):
    report = Report(*drawn(**SMALL | {"extras": True}))
    one = report.save(tmp_path / "one")
    again = Report.load(one / "report.json")
    again.save(tmp_path / "two")
    names = sorted(str(p.relative_to(one)) for p in one.rglob("*") if p.is_file())
    assert [name for name in names if not name.startswith("figures/")] == [
        "measurements.csv", "model_card.yaml", "predictions.npz", "report.html", "report.json",
        "report.md", "robustbench.csv",
    ]  # fmt: skip
    assert names != [name for name in names if not name.startswith("figures/")]
    for name in names:
        assert (one / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    assert again.document == report.document and again.rows() == report.rows()


def test_predictions_are_kept_small_and_say_what_is_right(report, tmp_path):
    again = Report.load(report.save(tmp_path / "r") / "report.json")
    for name in ("teacher", "int8"):
        assert again.predictions[name].dtype == report.predictions[name].dtype == np.uint8
        assert (again.predictions[name] == report.predictions[name]).all()
        assert (again.correct[name] == (report.predictions[name] == report.labels)).all()
        shares = [cell.accuracy for cell in report.cells if cell.model == name]
        assert again.correct[name].mean(axis=1).tolist() == shares


def test_many_classes_take_more_bytes(drawn):
    document, predictions, labels = drawn(**SMALL)
    predictions["int8"][0, 0] = 300
    assert Report(document, predictions, labels).predictions["int8"].dtype == np.uint16


def test_a_name_that_is_a_word_of_numpy(drawn, tmp_path):
    document, predictions, labels = drawn(models=("file",), groups={}, n=20)
    folder = Report(document, predictions, labels).save(tmp_path / "r")
    assert Report.load(folder / "report.json").predictions["file"].shape == (1, 20)


def test_without_predictions(drawn, tmp_path):
    folder = Report(drawn(**SMALL)[0]).save(tmp_path / "r")
    again = Report.load(folder / "report.json")
    assert again.predictions is again.labels is again.correct is None
    assert not (folder / "predictions.npz").exists()


def test_an_older_folder_is_replaced(report, tmp_path):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "correct.npz").write_bytes(b"of an earlier version")
    assert not (report.save(tmp_path / "r") / "correct.npz").exists()


def test_predictions_of_another_shape(drawn):
    document, predictions, labels = drawn(models=("teacher",), groups={}, n=20)
    with pytest.raises(ValueError) as raised:
        Report(document, predictions, labels[:3])
    assert str(raised.value) == (
        "Expected predictions of shape (1, 20) for each of teacher, and labels of shape (20,). "
        "Received: {'teacher': (1, 20)} and (3,)."
    )
    with pytest.raises(ValueError) as raised:
        Report(document, predictions)
    assert str(raised.value) == (
        "Predictions and labels belong together. Give both, or neither: a report can do without."
    )


def test_not_finite_becomes_null_and_numpys_numbers_plain(drawn):
    document = drawn(**SMALL)[0] | {"a": float("nan"), "b": np.float32(0.5), "c": np.arange(2)}
    made = Report(document).document
    assert (made["a"], made["b"], made["c"]) == (None, 0.5, [0, 1])


def test_cells_read_what_a_later_version_adds(drawn):
    document = drawn(**SMALL)[0]
    document["cells"][0]["yet_unknown"] = 0.5
    assert Report(document).cells[0].accuracy == document["cells"][0]["accuracy"]


def test_the_table_has_a_row_a_model_and_no_empty_column(report):
    rows, table = report.rows(), report.table()
    assert [row["model"] for row in rows] == ["teacher", "int8"]
    assert rows[1]["kib"] == 96_544 / 1024 and rows[1]["training_seconds"] is None
    headers = [column.header for column in table.columns]
    assert table.row_count == 2 and "training_seconds" not in headers and "kib" in headers


def test_summary_says_who_is_worse(report):
    assert "int8" in report.summary() and "teacher" in report.summary()
