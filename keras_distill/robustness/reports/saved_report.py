"""A saved report, read and checked."""

import json
import pathlib
import re
import zipfile
import zlib

import numpy as np

from keras_distill.robustness.reports.report_schema import first_fault, report_schema

SCHEMA = "keras_distill.robustness/2"
_NUMBER = int(SCHEMA.rpartition("/")[2])
_PER_MODEL = (
    "per_class", "classification", "calibration", "attacks", "out_of_distribution", "stability",
)  # fmt: skip


def read_report(path):
    """Document, predictions and labels of a report.json; None, None without predictions.npz."""
    path = pathlib.Path(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path.name} is no JSON, so it is damaged or cut off ({error}). Copy it again, or "
            "measure again."
        ) from error
    _check_version(path, document.get("schema") if isinstance(document, dict) else None)
    fault = first_fault(document, report_schema()) or _disagreement(document)
    if fault:
        raise ValueError(f"{path.name} is damaged: {fault}. Copy it again, or measure again.")
    beside = path.with_name("predictions.npz")
    return document, *(_predictions(beside, document) if beside.exists() else (None, None))


def _no_json(word):
    raise ValueError(f"{word} is no number of JSON")


def _check_version(path, received):
    known = re.fullmatch(r"keras_distill\.robustness/(\d{1,9})", str(received))
    if not known:
        raise ValueError(
            f"{path.name} is no report of keras_distill: its schema is {received!r}, expected "
            f"{SCHEMA!r}. Give the report.json that `Report.save` wrote."
        )
    if int(known[1]) < _NUMBER:
        raise ValueError(
            f"{path.name} was written by an earlier version of keras_distill (schema {known[1]}, "
            f"this version reads {_NUMBER}), which did not measure all that a report now shows. "
            "Measure again."
        )
    if int(known[1]) > _NUMBER:
        raise ValueError(
            f"{path.name} was written by a newer version of keras_distill (schema {known[1]}, "
            f"this version reads {_NUMBER}). Update keras_distill: pip install --upgrade "
            "keras-distill."
        )


def _disagreement(document):
    names = [model["name"] for model in document["models"]]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        return f"two models are named {twice[0]!r}"
    if [row["model"] for row in document["aggregates"]] != names:
        return "report.models and report.aggregates name different models"
    if document["baseline"] not in names:
        return f"report.baseline is {document['baseline']!r}, expected one of {', '.join(names)}"
    grids = {name: [] for name in names}
    for cell in document["cells"]:
        grids.setdefault(cell["model"], []).append((cell["corruption"], cell["severity"]))
    grid = grids[names[0]]
    known = {"clean", *document["suite"]["corruptions"]}
    if any(found != grid for found in grids.values()) or grid[:1] != [("clean", 0)]:
        return "report.cells are not the same for every model, clean first"
    if len(set(grid)) != len(grid) or {name for name, _ in grid} != known:
        return "report.cells and report.suite.corruptions name different corruptions"
    used = [row[key] for row in document["comparisons"] for key in ("model", "against")]
    used += [row["model"] for part in _PER_MODEL for row in document.get(part, [])]
    matrix = document.get("error_consistency") or {"models": []}
    stray = [name for name in used + matrix["models"] if name not in names]
    if stray:
        return f"it speaks of {stray[0]!r}, expected one of {', '.join(names)}"
    wanted = len(matrix["models"])
    for kind in ("clean", "corrupted"):
        rows = matrix.get(kind)
        if rows is not None and [len(row) for row in rows] != [wanted] * wanted:
            return f"report.error_consistency.{kind} is no matrix of its {wanted} models"
    return None


def _predictions(path, document):
    n, models = document["data"]["n"], document["models"]
    shape = (len(document["cells"]) // len(models), n)
    try:
        # Opened here, because np.load leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as packed:
            labels = packed["labels"]
            tops = [packed[f"model_{index}"] for index in range(len(models))]
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(_damaged(path)) from error
    if [labels.shape, *[top.shape for top in tops]] != [(n,)] + [shape] * len(tops) or any(
        found.dtype.kind not in "iu" for found in [labels, *tops]
    ):
        raise ValueError(_damaged(path))
    return {model["name"]: top for model, top in zip(models, tops, strict=True)}, labels


def _damaged(path):
    return (
        f"{path.name} is damaged, or belongs to another report.json. Copy both again, or delete "
        f"{path.name}: the report renders without it."
    )
