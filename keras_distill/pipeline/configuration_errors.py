"""Turns what pydantic found wrong into one sentence a person can act on."""

import difflib
import typing

import pydantic

from keras_distill.pipeline.configuration import Configuration


def sentence(error, source, lines=None):
    """The first thing wrong, with its key, its line and the accepted values.

    Args:
        error: A `pydantic.ValidationError` of `Configuration`.
        source: What was read, such as the file's name.
        lines: {path of keys: line number}, when it was a file.
    """
    first = error.errors()[0]
    path = tuple(part for part in first["loc"] if isinstance(part, str))
    path, field = _known(path)
    place = f", line {lines[path]}" if lines and path in lines else ""
    key = ".".join(path)
    if first["type"] == "extra_forbidden":
        accepted = list(_section(path[:-1]).model_fields)
        near = difflib.get_close_matches(path[-1], accepted, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        where = f"under `{'.'.join(path[:-1])}`" if path[:-1] else "at the top level"
        return (
            f"{source}{place}: unknown key `{key}`.{hint} "
            f"Accepted keys {where}: {', '.join(accepted)}."
        )
    expected = field.description or f"a section with the keys {_keys(field)}"
    if type(None) in typing.get_args(field.annotation) and not field.description:
        expected += ", or null to leave it out"
    received = first.get("input")
    return f"{source}{place}: `{key}` must be {expected}. Received: {received!r}."


def _section(path):
    model = Configuration
    for part in path:
        model = _model(model.model_fields[part])
    return model


def _model(field):
    for candidate in (field.annotation, *typing.get_args(field.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, pydantic.BaseModel):
            return candidate
    return None


def _keys(field):
    return ", ".join(_model(field).model_fields)


def _known(path):
    """The part of an error's path that is keys (a union adds the names of its types)."""
    model, field, known = Configuration, None, []
    for part in path:
        if model is None:
            break
        known.append(part)
        field = model.model_fields.get(part)
        if field is None:
            break
        model = _model(field)
    return tuple(known), field
