"""A sentence such as "student.mean_corrupted_accuracy < 0.80", judged on a report."""

import difflib
import math
import operator
import re

_OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
# The name of a model may hold dots; that of a number does not.
_FORM = re.compile(
    r"^\s*(?P<model>.+)\.(?P<number>\w+)\s*(?P<sign><=|>=|==|!=|<|>)\s*(?P<value>\S+)\s*$"
)
_EXAMPLE = '"student.mean_corrupted_accuracy < 0.80"'


def condition_holds(report, text):
    """Whether a condition on one number of one model holds, and that in words.

    Args:
        report: A `Report`.
        text: `MODEL.NUMBER SIGN VALUE`: NUMBER is one of the report's aggregates (fractions in
            [0, 1]) or a fact of the model such as `bytes`, SIGN one of <, <=, >, >=, ==, !=.

    Returns:
        `(holds, sentence)`.

    Raises:
        ValueError: If it is not of that form, the model or the number is not there, or the number
            was not measured.
    """
    found = _FORM.match(text)
    value = _number(found["value"]) if found else None
    if value is None:
        raise ValueError(f"Expected a condition such as {_EXAMPLE}. Received: {text!r}.")
    known = _numbers(report)
    model, number = found["model"].strip(), found["number"]
    if model not in known:
        raise ValueError(f"There is no model {model!r}. Expected one of: {', '.join(known)}.")
    if number not in known[model]:
        near = difflib.get_close_matches(number, known[model], n=3) or sorted(known[model])
        raise ValueError(f"A report has no number {number!r}. Did you mean: {', '.join(near)}?")
    received = known[model][number]
    if received is None:
        raise ValueError(f"'{model}.{number}' was not measured in this report.")
    holds = _OPERATORS[found["sign"]](received, value)
    return (
        holds,
        f"{model}.{number} is {received:.6g}, {found['sign']} {value:g} is {_word(holds)}.",
    )


def _numbers(report):
    facts = {model["name"]: model for model in report.document["models"]}
    return {
        row["model"]: {
            key: value
            for key, value in (facts[row["model"]] | row).items()
            if value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        }
        for row in report.aggregates
    }


def _number(text):
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _word(holds):
    return "true" if holds else "false"
