import copy
import random

import pytest

from keras_distill.robustness.reports.report_schema import first_fault, report_schema

OTHERS = [
    {"groups": {}, "extras": False},
    {"models": ("teacher",)},
    {"modality": "text"},
    {"extras": False},
]


@pytest.mark.parametrize("arguments", [{}, *OTHERS])
def test_a_document_is_what_the_schema_says(drawn, arguments):
    assert first_fault(drawn(n=60, **arguments)[0], report_schema()) is None


def test_the_drawn_document_has_every_key_of_the_schema(drawn):
    document, schema = drawn(n=60)[0], report_schema()
    assert set(document) == set(schema["properties"])
    for part in ("models", "cells", "aggregates", "comparisons", "per_class", "attacks"):
        assert set(document[part][0]) == set(schema["properties"][part]["items"]["properties"])


@pytest.mark.parametrize(
    "value, schema, fault",
    [
        (True, {"type": "integer"}, "report is 'True', expected integer"),
        (1, {"type": "boolean"}, "report is '1', expected boolean"),
        (1.5, {"maximum": 1}, "report is 1.5, expected at most 1"),
        (-1, {"minimum": 0}, "report is -1, expected at least 0"),
        ("b", {"const": "a"}, "report is 'b', expected 'a'"),
        ("b", {"enum": ["a", None]}, "report is 'b', expected one of 'a', None"),
        (None, {"enum": ["a", None]}, None),
        ([1], {"minItems": 2}, "report has 1 items, expected 2"),
        ([1, 2, 3], {"maxItems": 2}, "report has 3 items, expected 2"),
        ({}, {"required": ["a"]}, "report has no 'a'"),
        ([1, "b"], {"items": {"type": "integer"}}, "report[1] is 'b', expected integer"),
        (
            {"fog/1": 2},
            {"additionalProperties": {"type": "string"}},
            "report['fog/1'] is '2', expected string",
        ),
        (
            {"a": [2]},
            {
                "properties": {"a": {"items": {"$ref": "#/$defs/share"}}},
                "$defs": {"share": {"type": "number", "maximum": 1}},
            },
            "report.a[0] is 2, expected at most 1",
        ),
        (None, {"type": ["number", "null"], "minimum": 0}, None),
    ],
)
def test_faults(value, schema, fault):
    assert first_fault(value, schema) == fault


def test_an_unknown_rule_is_not_passed_over():
    with pytest.raises(NotImplementedError) as raised:
        first_fault("a", {"pattern": "b"})
    assert str(raised.value) == "report.schema.json uses 'pattern', which is not checked yet."


def places(value, at=()):
    """Every key of the document, as the way there."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        yield *at, key
        if isinstance(item, dict | list):
            yield from places(item, (*at, key))


def test_judges_as_jsonschema_does(drawn):
    jsonschema = pytest.importorskip("jsonschema")
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    oracle = jsonschema.Draft202012Validator(schema)
    document = drawn(models=("teacher",), groups={}, n=20)[0]
    assert oracle.is_valid(document)
    rng, ways, seen = random.Random(0), list(places(document)), {True: 0, False: 0}
    for way in rng.sample(ways, 90):
        broken = copy.deepcopy(document)
        inside = broken
        for key in way[:-1]:
            inside = inside[key]
        if isinstance(inside, dict) and rng.random() < 0.3:
            del inside[way[-1]]
        else:
            inside[way[-1]] = rng.choice([None, True, -3, 1.5, "other", [], {}, [0.1, "a"]])
        valid = oracle.is_valid(broken)
        assert (first_fault(broken, schema) is None) == valid, way
        seen[valid] += 1
    assert min(seen.values()) > 5
