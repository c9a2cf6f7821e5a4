import pytest

from keras_distill.robustness import evaluate
from keras_distill.robustness.report_schema import first_fault, report_schema


def test_a_report_is_what_the_schema_says(brightened, threshold):
    report = evaluate({"a": threshold(0.45), "b": threshold(0.25)}, **brightened)
    assert first_fault(report.document, report_schema()) is None
    for part in ("cells", "aggregates", "comparisons"):
        known = report_schema()["properties"][part]["items"]["properties"]
        assert set(report.document[part][0]) == set(known)


@pytest.mark.parametrize(
    "value, schema, fault",
    [
        (True, {"type": "integer"}, "report is 'True', expected integer"),
        (1.5, {"maximum": 1}, "report is 1.5, expected at most 1"),
        (-1, {"minimum": 0}, "report is -1, expected at least 0"),
        ("b", {"const": "a"}, "report is 'b', expected 'a'"),
        ([1], {"minItems": 2}, "report has 1 items, expected 2"),
        ([1, 2, 3], {"maxItems": 2}, "report has 3 items, expected 2"),
        ({}, {"required": ["a"]}, "report has no 'a'"),
        ([1, "b"], {"items": {"type": "integer"}}, "report[1] is 'b', expected integer"),
        (None, {"type": ["number", "null"], "minimum": 0}, None),
    ],
)
def test_faults(value, schema, fault):
    assert first_fault(value, schema) == fault


def test_an_unknown_rule_is_not_passed_over():
    with pytest.raises(NotImplementedError) as raised:
        first_fault("a", {"pattern": "b"})
    assert str(raised.value) == "report.schema.json uses 'pattern', which is not checked yet."
