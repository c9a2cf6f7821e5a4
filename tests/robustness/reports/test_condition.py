import re
import types

import pytest

from keras_distill.robustness.reports.condition import condition_holds


@pytest.fixture
def report():
    aggregates = [
        {"model": "student", "mean_corrupted_accuracy": 0.75, "worst": {"name": "fog"}},
        {"model": "student.int8", "mean_corrupted_accuracy": None},
    ]
    models = [{"name": "student", "bytes": 2048, "format": "keras"}, {"name": "student.int8"}]
    return types.SimpleNamespace(document={"models": models}, aggregates=aggregates)


@pytest.mark.parametrize(
    "text, holds",
    [
        ("student.mean_corrupted_accuracy < 0.80", True),
        ("student.mean_corrupted_accuracy<0.75", False),
        ("student.mean_corrupted_accuracy <= 0.75", True),
        ("student.mean_corrupted_accuracy > 7e-1", True),
        ("student.mean_corrupted_accuracy >= 0.76", False),
        ("student.bytes == 2048", True),
        (" student.bytes != 2048 ", False),
    ],
)
def test_signs(report, text, holds):
    assert condition_holds(report, text)[0] is holds


def test_says_what_it_found(report):
    _, sentence = condition_holds(report, "student.mean_corrupted_accuracy < 0.8")
    assert sentence == "student.mean_corrupted_accuracy is 0.75, < 0.8 is true."


@pytest.mark.parametrize(
    "text, sentence",
    [
        *(
            (
                text,
                'Expected a condition such as "student.mean_corrupted_accuracy < 0.80". '
                f"Received: {text!r}.",
            )
            for text in (
                "student",
                "student.bytes",
                "student.bytes < many",
                "student.bytes < nan",
                "",
                "student.bytes ~ 3",
            )
        ),
        (
            "teacher.bytes < 3",
            "There is no model 'teacher'. Expected one of: student, student.int8.",
        ),
        (
            "student.mean_corupted_accuracy < 3",
            "A report has no number 'mean_corupted_accuracy'. Did you mean: "
            "mean_corrupted_accuracy?",
        ),
        (
            "student.int8.mean_corrupted_accuracy < 3",
            "'student.int8.mean_corrupted_accuracy' was not measured in this report.",
        ),
    ],
)
def test_wrong_conditions(report, text, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        condition_holds(report, text)
