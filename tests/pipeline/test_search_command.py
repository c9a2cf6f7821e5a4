"""The command: help that teaches, one sentence for what is wrong, a table of what was found."""

import re

import pytest
from typer.testing import CliRunner

from keras_distill.pipeline.command_line import app
from keras_distill.pipeline.search_command import lines
from keras_distill.search import SearchResult


def invoke(*arguments):
    return CliRunner().invoke(app, ["search", *(str(a) for a in arguments)])


def test_help_teaches():
    text = re.sub(r"\s+", " ", invoke("--help").output)
    for word in (
        "temperature: [1, 20]",
        "losses: [soft_targets]",
        "[[soft_targets, dist]]",
        "KERASTUNER_ORACLE_IP",
        "best.yaml",
        "Example: keras-distill search flowers.yaml",
    ):
        assert word in text, word


@pytest.mark.parametrize(
    "text, sentence",
    [
        (
            "search: {trials: 0}\n",
            "c.yaml, line 1: `search.trials` must be a whole number from 1. Received: 0.",
        ),
        (
            "search: {temperature: [5, 9]}\n",
            "`search.temperature` must hold `distillation.temperature`, which is tried first to "
            "compare with. Received: [5.0, 9.0] and 4.0. Widen the one, or change the other.",
        ),
    ],
)
def test_one_sentence_before_anything_trains(text, sentence, tmp_path):
    (tmp_path / "c.yaml").write_text(text)
    result = invoke(tmp_path / "c.yaml")
    assert result.exit_code == 2
    assert result.stderr == f"Error: {sentence}\n"


def row(trial, accuracy, temperature=4.0):
    return {
        "trial": trial,
        "status": "failed" if accuracy is None else "completed",
        "temperature": temperature,
        "epochs": 2,
        "val_accuracy": accuracy,
    }


def test_the_best_five_and_the_default():
    trials = [row(1, 0.5)] + [row(n, 0.5 + n / 100, 1.23456 * n) for n in range(2, 9)]
    found = lines(SearchResult(trials, "val_accuracy", "max", {"temperature": (1.0, 20.0)}))
    assert found[0].split() == ["trial", "temperature", "epochs", "val", "accuracy"]
    cells = [line.split() for line in found[2:-1]]
    assert cells[0] == ["8", "9.876", "2", "0.58"] and cells[-1] == ["1", "4", "2", "0.5"]
    assert [cell[0] for cell in cells] == ["8", "7", "6", "5", "4", "1"]
    assert found[-1] == "val_accuracy 0.5800 in trial 8, 0.5000 in trial 1, which is the default."


def test_a_default_that_failed():
    trials = [row(1, None), row(2, 0.5)]
    found = lines(SearchResult(trials, "val_accuracy", "max", {"temperature": (1.0, 20.0)}))
    assert found[-1] == "Trial 1 is the default; its loss is not a number."
