"""Turns what pydantic found wrong into one sentence a person can act on."""

import difflib
import typing

import pydantic

from keras_distill.pipeline.configuration import Configuration


def sentence(error, source, lines=None, configuration=Configuration):
    """The first thing wrong, with its key, its line and the accepted values.

    Args:
        error: A `pydantic.ValidationError` of the configuration's class.
        source: What was read, such as the file's name.
        lines: {path of keys and places in lists: line number}, when it was a file.
        configuration: The class. Defaults to `Configuration`.
    """
    first = error.errors()[0]
    path, field = _known(configuration, first["loc"])
    place = f", line {lines[path]}" if lines and path in lines else ""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]
    if first["type"] == "extra_forbidden":
        accepted = list(_section(configuration, path[:-1]).model_fields)
        near = difflib.get_close_matches(path[-1], accepted, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        where = f"under `{key.removesuffix(f'.{path[-1]}')}`" if path[:-1] else "at the top level"
        return (
            f"{source}{place}: unknown key `{key}`.{hint} "
            f"Accepted keys {where}: {', '.join(accepted)}."
        )
    expected = field.description or f"a section with the keys {_keys(field)}"
    if type(None) in typing.get_args(field.annotation) and not field.description:
        expected += ", or null to leave it out"
    received = first.get("input")
    return f"{source}{place}: `{key}` must be {expected}. Received: {received!r}."


def _section(configuration, path):
    model = configuration
    for part in path:
        if not isinstance(part, int):
            model = _model(model.model_fields[part])
    return model


def _model(field):
    for candidate in (field.annotation, *typing.get_args(field.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, pydantic.BaseModel):
            return candidate
    return None


def _keys(field):
    return ", ".join(_model(field).model_fields)


def _known(configuration, path):
    """The part of an error's path that is keys (a union adds the names of its types).

    A place in a list of sections is part of it; one in a list of values is not.
    """
    model, field, known, inside = configuration, None, [], False
    for part in path:
        if model is None:
            break
        if isinstance(part, int):
            if not inside:
                break
            known.append(part)
            continue
        known.append(part)
        field = model.model_fields.get(part)
        if field is None:
            break
        model = _model(field)
        inside = model is not None
    return tuple(known), field
