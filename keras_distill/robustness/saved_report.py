"""A saved report, read and checked."""

import json
import pathlib
import zipfile
import zlib

import numpy as np

from keras_distill.robustness.report_schema import first_fault, report_schema

SCHEMA = "keras_distill.robustness/1"


def read_report(path):
    """The document of a report.json and the correctness beside it, None without correct.npz."""
    path = pathlib.Path(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{path.name} is no JSON, so it is damaged or cut off ({error}). Copy it again, or "
            "measure again."
        ) from error
    received = document.get("schema") if isinstance(document, dict) else None
    if received != SCHEMA:
        raise ValueError(
            f"{path.name} has the schema {received!r}. Expected {SCHEMA!r}: measure again "
            "with this version, or read it with the version that wrote it."
        )
    fault = first_fault(document, report_schema()) or _disagreement(document)
    if fault:
        raise ValueError(f"{path.name} is damaged: {fault}. Copy it again, or measure again.")
    beside = path.with_name("correct.npz")
    return document, _correct(beside, document) if beside.exists() else None


def _disagreement(document):
    names = [model["name"] for model in document["models"]]
    if [row["model"] for row in document["aggregates"]] != names:
        return "report.models and report.aggregates name different models"
    if document["baseline"] not in names:
        return f"report.baseline is {document['baseline']!r}, expected one of {', '.join(names)}"
    return None


def _correct(path, document):
    n, models = document["data"]["n"], document["models"]
    rows = len(document["cells"]) // len(models)
    try:
        # Opened here, because np.load leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as packed:
            bits = [packed[f"model_{index}"] for index in range(len(models))]
        fits = all(found.shape == (rows, -(-n // 8)) and found.dtype == "uint8" for found in bits)
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(_damaged(path)) from error
    if not fits:
        raise ValueError(_damaged(path))
    unpacked = [np.unpackbits(found, axis=1, count=n).astype(bool) for found in bits]
    return {model["name"]: found for model, found in zip(models, unpacked, strict=True)}


def _damaged(path):
    return (
        f"{path.name} is damaged, or belongs to another report.json. Copy both again, or delete "
        f"{path.name}: the report renders without it."
    )
