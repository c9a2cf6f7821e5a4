"""Whether a document is what report.schema.json says."""

import json
import pathlib

_FILE = pathlib.Path(__file__).with_name("report.schema.json")
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": int | float,
    "null": type(None),
}


def report_schema():
    """The JSON Schema of report.json, as it ships with the package."""
    return json.loads(_FILE.read_text(encoding="utf-8"))


def first_fault(value, schema, at="report"):
    """What is wrong first with `value`, in words; None when all is well.

    Knows the words of JSON Schema that the report's schema uses, and refuses others, so that a
    rule added there is not silently passed over here.
    """
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    # JSON's true is no number, although Python's is an int.
    if kinds and (isinstance(value, bool) or not any(isinstance(value, _TYPES[k]) for k in kinds)):
        return f"{at} is {str(value)[:40]!r}, expected {' or '.join(kinds)}"
    if value is None:
        return None
    for word, rule in schema.items():
        fault = _fault(word, rule, value, at)
        if fault:
            return fault
    return None


def _fault(word, rule, value, at):
    if word in ("type", "title", "description", "$schema", "$id"):
        return None
    if word == "const":
        return None if value == rule else f"{at} is {value!r}, expected {rule!r}"
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
        found = (first_fault(item, rule, f"{at}[{i}]") for i, item in enumerate(value))
        return next(filter(None, found), None)
    if word == "properties":
        keys = [key for key in rule if key in value]
        found = (first_fault(value[key], rule[key], f"{at}.{key}") for key in keys)
        return next(filter(None, found), None)
    raise NotImplementedError(f"report.schema.json uses {word!r}, which is not checked yet.")
