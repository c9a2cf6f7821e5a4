import numpy as np
import pytest

from keras_distill.robustness import evaluate


def test_measures_what_a_hand_finds(rooms, data, threshold):
    models = {"student": threshold(0.65), "teacher": threshold(0.45)}
    report = evaluate(models, data, severities=(1, 2), baseline="teacher", progress=False)
    found = {(c.model, c.corruption, c.severity): c for c in report.cells}
    # At severity 1 grey g becomes 0.8 g: the teacher misses 0.5; at 2 (0.6 g) 0.5, 0.6, 0.7.
    assert found["teacher", "clean", 0].accuracy == 1.0
    assert found["teacher", "darker", 1].accuracy == 0.9
    assert found["teacher", "dim", 2].accuracy == pytest.approx(0.7)
    assert found["student", "clean", 0].accuracy == 0.8
    assert found["student", "clean", 0].agreement == 0.8
    assert found["teacher", "darker", 2].agreement == 1.0
    assert found["teacher", "clean", 0].ece15 == pytest.approx(0.1)
    assert found["teacher", "clean", 0].nll == pytest.approx(-np.log(0.9))
    assert report.aggregates[1]["mean_corrupted_accuracy"] == pytest.approx(0.8)
    assert report.correct["teacher"].shape == (5, 10)
    assert [cell.model for cell in report.cells] == ["student"] * 5 + ["teacher"] * 5


def test_facts_win_over_measuring(rooms, data, threshold):
    facts = {"a": {"bytes": 2048, "latency_ms_p50": 7.0}}
    row = evaluate({"a": threshold(0.4)}, data, [], facts=facts, progress=False).rows()[0]
    assert (row["kib"], row["latency_ms_p50"]) == (2.0, 7.0)
    assert row["mean_corrupted_accuracy"] is None


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"baseline": "b"},
            "The baseline 'b' is not among the models. Expected one of: a.",
        ),
        (
            {"models": {"a": lambda x: np.zeros((len(x), 2, 2))}},
            "'a' gives outputs of shape (10, 2, 2) for 10 images. Expected (images, classes) "
            "with at least two classes.",
        ),
        (
            {"labels": np.arange(10)},
            "The labels go from 0 to 9, but 'a' has 2 classes. Expected labels from 0 to 1.",
        ),
    ],
)
def test_bad_input(rooms, data, threshold, change, message):
    given = {"models": {"a": threshold(0.4)}, "labels": data[1], "baseline": None} | change
    with pytest.raises(ValueError) as raised:
        evaluate(
            given["models"], (data[0], given["labels"]), [], baseline=given["baseline"],
            progress=False,
        )  # fmt: skip
    assert str(raised.value) == message


def test_progress_bar_runs(rooms, data, threshold, capsys):
    evaluate({"a": threshold(0.4)}, data, severities=(1,))
    assert "100%" in capsys.readouterr().out
