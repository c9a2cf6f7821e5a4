import numpy as np
import pytest

from keras_distill.robustness import evaluate


def test_measures_what_a_hand_finds(brightened, threshold):
    models = {"student": threshold(0.25), "teacher": threshold(0.45)}
    report = evaluate(models, baseline="teacher", **brightened)
    found = {(c.model, c.corruption, c.severity): c for c in report.cells}
    # Brightened by 0.1 the teacher misses 0.4, by 0.2 also 0.3.
    assert found["teacher", "clean", 0].accuracy == 1.0
    assert found["teacher", "brightness", 2].accuracy == 0.9
    assert found["teacher", "brightness", 4].accuracy == 0.8
    assert found["student", "clean", 0].accuracy == 0.8
    assert found["student", "clean", 0].agreement == 0.8
    assert found["teacher", "brightness", 4].agreement == 1.0
    assert found["teacher", "clean", 0].ece15 == pytest.approx(0.1)
    assert found["teacher", "clean", 0].nll == pytest.approx(-np.log(0.9))
    assert report.aggregates[1]["mean_corrupted_accuracy"] == pytest.approx(0.85)
    assert report.correct["teacher"].shape == (3, 10)
    assert [cell.model for cell in report.cells] == ["student"] * 3 + ["teacher"] * 3


def test_distilled_meets_control(brightened, threshold):
    models = {"teacher": threshold(0.45), "control": threshold(0.25), "distilled": threshold(0.35)}
    report = evaluate(models, **brightened)
    assert [(item["model"], item["against"]) for item in report.comparisons] == [
        ("control", "teacher"), ("distilled", "teacher"), ("distilled", "control"),
    ]  # fmt: skip
    pairs = [("control", "distilled"), ("control", "teacher")]
    report = evaluate(models, compare=pairs, **brightened)
    # The comparison with the baseline was there already.
    assert [(item["model"], item["against"]) for item in report.comparisons] == [
        ("control", "teacher"), ("distilled", "teacher"), ("control", "distilled"),
    ]  # fmt: skip


def test_facts_win_over_measuring(data, threshold):
    facts = {"a": {"bytes": 2048, "latency_ms_p50": 7.0}}
    row = evaluate({"a": threshold(0.4)}, data, [], facts=facts, progress=False).rows()[0]
    assert (row["kib"], row["latency_ms_p50"]) == (2.0, 7.0)
    assert row["mean_corrupted_accuracy"] is None


def nan_model(images):
    return np.full((len(images), 2), np.nan)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"models": {}}, "There is no model to measure. Expected a dict of name → model."),
        ({"baseline": "b"}, "The baseline 'b' is not among the models. Expected one of: a."),
        (
            {"facts": {"b": {}}},
            "There are facts about b, but no such model. Expected one of: a.",
        ),
        (
            {"compare": [("a", "b")]},
            "`compare` must hold pairs of two different models out of: a. Received: ('a', 'b').",
        ),
        (
            {"corruptions": ["contrast"], "severities": ()},
            "`severities` is empty. Expected at least one of 1, 2, 3, 4, 5; to measure clean "
            "data only, give corruptions=[].",
        ),
        (
            {"corruptions": ["contrast", "contrast"]},
            "`corruptions` names 'contrast' more than once, which would count it twice in every "
            "mean. Name each once.",
        ),
        (
            {"models": {"a": lambda x: np.zeros((len(x), 2, 2))}},
            "'a' gives outputs of shape (5, 2, 2) for 5 examples. Expected (examples, classes) "
            "with at least two classes.",
        ),
        (
            {"models": {"a": nan_model}},
            "'a' gives outputs that are NaN or infinite, so it has no top class. Expected finite "
            "outputs: check its weights.",
        ),
        (
            {"labels": np.arange(10)},
            "The labels go from 0 to 9, but 'a' has 2 classes. Expected labels from 0 to 1.",
        ),
    ],
)
def test_bad_input(data, threshold, change, message):
    given = {"models": {"a": threshold(0.4)}, "corruptions": [], "progress": False} | change
    given["data"] = data[0], given.pop("labels", data[1])
    with pytest.raises(ValueError) as raised:
        evaluate(**given)
    assert str(raised.value) == message


def test_damaged_tflite(data, tmp_path):
    path = tmp_path / "student.tflite"
    path.write_bytes(b"TFL3" * 10)
    with pytest.raises(ValueError, match="the file is damaged or of another kind"):
        evaluate({"a": path}, data, [], progress=False)
