"""What is read off the trials, and the files."""

import csv

import pytest

from keras_distill.search import SearchResult


def row(trial, accuracy, temperature=None, weight=0.5):
    return {
        "trial": trial,
        "status": "failed" if accuracy is None else "completed",
        "temperature": temperature,
        "student_loss_weight": weight,
        "learning_rate": 0.001,
        "val_accuracy": accuracy,
    }


SEARCHED = {"temperature": (1.0, 20.0), "student_loss_weight": (0.0, 1.0)}
TRIALS = [row(1, 0.5, 4.0), row(2, 0.75, 2.0, 0.1), row(3, None, 9.0), row(4, 0.75, 3.0)]


def result(trials=TRIALS, direction="max"):
    return SearchResult(trials, "val_accuracy", direction, SEARCHED)


def test_the_best_of_equal_ones_is_the_earlier():
    assert result().best == {"temperature": 2.0, "student_loss_weight": 0.1}
    assert result().best_trial["trial"] == 2 and result().gain == 0.25
    assert result(direction="min").best_trial["trial"] == 1


def test_table():
    assert [each["trial"] for each in result().table()] == [2, 4, 1, 3]
    assert [each["trial"] for each in result(direction="min").table()] == [1, 2, 4, 3]


def test_no_gain_over_a_default_that_failed():
    assert result([row(1, None, 4.0), row(2, 0.5, 2.0)]).gain is None


def test_save(tmp_path):
    assert result().save(tmp_path / "a" / "b") == ["search.csv", "search.png"]
    with open(tmp_path / "a" / "b" / "search.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[1] == {
        "trial": "2",
        "status": "completed",
        "temperature": "2.0",
        "student_loss_weight": "0.1",
        "learning_rate": "0.001",
        "val_accuracy": "0.75",
    }
    assert rows[2]["val_accuracy"] == "" and len(rows) == 4
    assert (tmp_path / "a" / "b" / "search.png").read_bytes()[:4] == b"\x89PNG"
    assert len(list((tmp_path / "a" / "b").iterdir())) == 2


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_plot_in_any_format(suffix, tmp_path):
    result().plot(tmp_path / f"figure.{suffix}")
    assert (tmp_path / f"figure.{suffix}").stat().st_size > 1000
