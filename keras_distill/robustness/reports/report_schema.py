"""Whether a document is what report.schema.json says."""

import json
import pathlib

_FILE = pathlib.Path(__file__).with_name("report.schema.json")
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": int | float,
    "null": type(None),
}
_SILENT = ("type", "title", "description", "$schema", "$defs")
_DEFINITIONS = "#/$defs/"


def report_schema():
    """The JSON Schema of report.json, as it ships with the package."""
    return json.loads(_FILE.read_text(encoding="utf-8"))


def first_fault(value, schema, at="report", definitions=None):
    """What is wrong first with `value`, in words; None when all is well.

    Knows the words of JSON Schema that the report's schema uses, and refuses others, so that a
    rule added there is not silently passed over here.
    """
    definitions = schema.get("$defs", {}) if definitions is None else definitions
    if "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix(_DEFINITIONS)]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return f"{at} is {str(value)[:40]!r}, expected {' or '.join(kinds)}"
    for word, rule in schema.items():
        fault = _fault(word, rule, value, at, definitions)
        if fault:
            return fault
    return None


def _is(value, kind):
    # JSON's true is no number, although Python's is an int.
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _fault(word, rule, value, at, definitions):
    if word in _SILENT:
        return None
    if word == "const":
        return None if value == rule else f"{at} is {value!r}, expected {rule!r}"
    if word == "enum":
        known = ", ".join(map(repr, rule))
        return None if value in rule else f"{at} is {str(value)[:40]!r}, expected one of {known}"
    if value is None:
        return None
    if word == "minimum":
        return None if value >= rule else f"{at} is {value}, expected at least {rule}"
    if word == "maximum":
        return None if value <= rule else f"{at} is {value}, expected at most {rule}"
    if word == "minItems":
        return None if len(value) >= rule else f"{at} has {len(value)} items, expected {rule}"
    if word == "maxItems":
        return None if len(value) <= rule else f"{at} has {len(value)} items, expected {rule}"
    if word == "required":
        missing = [key for key in rule if key not in value]
        return f"{at} has no {missing[0]!r}" if missing else None
    if word == "items":
        parts = [(item, rule, f"{at}[{index}]") for index, item in enumerate(value)]
    elif word == "properties":
        parts = [(value[key], rule[key], f"{at}.{key}") for key in rule if key in value]
    elif word == "additionalProperties":
        parts = [(item, rule, f"{at}[{key!r}]") for key, item in value.items()]
    else:
        raise NotImplementedError(f"report.schema.json uses {word!r}, which is not checked yet.")
    found = (first_fault(*part, definitions) for part in parts)
    return next(filter(None, found), None)
