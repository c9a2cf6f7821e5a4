"""Models × corruptions → report."""

import contextlib
import dataclasses
import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from keras_distill.robustness.cell import Cell
from keras_distill.robustness.classification_scores import (
    calibration_error,
    macro_f1,
    negative_log_likelihood,
)
from keras_distill.robustness.intervals import wilson_interval
from keras_distill.robustness.judge import judge
from keras_distill.robustness.measured_data import measured_data
from keras_distill.robustness.report import SCHEMA, Report

_VERSIONS = ("tensorflow", "keras", "numpy", "ai-edge-litert")


def evaluate(
    models,
    data,
    corruptions="quick",
    severities=(1, 2, 3, 4, 5),
    baseline=None,
    seed=0,
    facts=None,
    class_names=None,
    progress=True,
):
    """Measures models on clean and corrupted images.

    Every corrupted image is made once and shown to every model, so all differences are paired.

    Args:
        models: `{name: model}`; a model is anything `predictors.load` takes: a `keras.Model`, a
            `.keras`, SavedModel or `.tflite` path, an artefact, a function of images.
        data: `(images, labels)` or a tf.data set of such batches: images `(n, H, W, C)`, float
            in [0, 1] or uint8; integer labels.
        corruptions: Name of a suite, or a list of names of corruptions; `[]` measures clean
            images only. Defaults to `"quick"`.
        severities: Severities, each 1 to 5.
        baseline: Name of the model that the others are compared with. Defaults to the first.
        seed: Seed of the corruptions and of the bootstrap.
        facts: `{name: {"parameters", "macs", "bytes", "gzip_bytes", "sparsity",
            "latency_ms_p50", "training_seconds"}}`: taken instead of being measured.
        class_names: Names of the classes, kept in the report.
        progress: Whether to show a progress bar.

    Returns:
        A `Report`.

    Raises:
        ValueError: If data, labels, baseline or a model's outputs are not as described.

    Example:

    ```python
    images = np.random.default_rng(0).random((20, 8, 8, 3), "float32")
    labels = np.arange(20) % 2
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2)])
    model.build((None, 8, 8, 3))
    report = kd.robustness.evaluate({"tiny": model}, (images, labels), [], progress=False)
    assert report.cells[0].n == 20
    ```
    """
    from keras_distill import corruptions as room
    from keras_distill import predictors

    if not models:
        raise ValueError("There is no model to measure. Expected a dict of name → model.")
    baseline = next(iter(models)) if baseline is None else baseline
    if baseline not in models:
        raise ValueError(
            f"The baseline {baseline!r} is not among the models. Expected one of: "
            f"{', '.join(models)}."
        )
    stray = sorted(set(facts or {}) - set(models))
    if stray:
        raise ValueError(
            f"There are facts about {', '.join(stray)}, but no such model. Expected one of: "
            f"{', '.join(models)}."
        )
    images, labels = measured_data(data)
    loaded = {name: predictors.load(model, name=name) for name, model in models.items()}
    suite = corruptions if isinstance(corruptions, str) else None
    names = list(room.names(corruptions)) if suite else list(corruptions)
    makers = [(name, s, room.get(name, s)) for name in names for s in severities]

    # The baseline goes first within a cell, because agreement needs its predictions.
    order = sorted(loaded, key=lambda name: name != baseline)
    cells, correct, hashes = [], {name: [] for name in loaded}, {}
    with _bar(progress) as step:
        for name, severity, maker in [("clean", 0, None), *makers]:
            step(f"{name} {severity}" if severity else name, len(makers) + 1)
            seen = images if maker is None else np.asarray(maker(images, seed), "float32")
            hashes[f"{name}/{severity}"] = _digest(seen)
            reference = None
            for model in order:
                probabilities = _probabilities(loaded[model], seen, labels)
                top = probabilities.argmax(axis=1)
                reference = top if reference is None else reference
                right = top == labels
                correct[model].append(right)
                cells.append(
                    Cell(
                        model=model,
                        corruption=name,
                        severity=int(severity),
                        n=len(labels),
                        accuracy=float(right.mean()),
                        accuracy_ci95=wilson_interval(int(right.sum()), len(labels)),
                        macro_f1=macro_f1(top, labels, probabilities.shape[1]),
                        nll=negative_log_likelihood(probabilities, labels),
                        ece15=calibration_error(probabilities, labels),
                        agreement=float((top == reference).mean()),
                    )
                )
    # Written model by model, in the caller's order.
    cells = [cell for name in loaded for cell in cells if cell.model == name]
    correct = {name: np.stack(rows) for name, rows in correct.items()}
    aggregates, comparisons = judge(cells, correct, baseline, seed)
    document = {
        "schema": SCHEMA,
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seed": int(seed),
        "baseline": baseline,
        "environment": {
            "python": platform.python_version(),
            **{package: version(package) for package in _VERSIONS},
        },
        "data": {
            "n": len(labels),
            "image_shape": list(images.shape[1:]),
            "class_names": None if class_names is None else [str(name) for name in class_names],
            "labels_sha256": _digest(labels),
        },
        "suite": {
            "name": suite,
            "corruptions": names,
            "severities": [int(severity) for severity in severities] if names else [],
            "profiles": sorted({maker.profile_for(images) for *_, maker in makers}),
            "bytes_sha256": hashes,
        },
        "models": [
            {"name": name, "format": predictor.kind}
            | _facts(predictor, images[:1], (facts or {}).get(name, {}))
            for name, predictor in loaded.items()
        ],
        "cells": [dataclasses.asdict(cell) for cell in cells],
        "aggregates": aggregates,
        "comparisons": comparisons,
    }
    return Report(document, correct)


def _probabilities(predictor, images, labels):
    probabilities = predictor.probabilities(images)
    if probabilities.ndim != 2 or probabilities.shape[1] < 2 or len(probabilities) != len(images):
        raise ValueError(
            f"{predictor.name!r} gives outputs of shape {probabilities.shape} for {len(images)} "
            "images. Expected (images, classes) with at least two classes."
        )
    if not np.isfinite(probabilities).all():
        raise ValueError(
            f"{predictor.name!r} gives outputs that are NaN or infinite, so it has no top class. "
            "Expected finite outputs: check its weights."
        )
    low, high, classes = labels.min(), labels.max(), probabilities.shape[1]
    if low < 0 or high >= classes:
        raise ValueError(
            f"The labels go from {low} to {high}, but {predictor.name!r} has {classes} classes. "
            f"Expected labels from 0 to {classes - 1}."
        )
    return probabilities


def _facts(predictor, image, given):
    from keras_distill import footprint

    known = dict(given)
    if predictor.model is not None:
        for fact in ("parameters", "macs", "sparsity"):
            if fact not in known:
                known[fact] = getattr(footprint, fact)(predictor.model)
    if predictor.path is not None and not {"bytes", "gzip_bytes"} <= set(known):
        raw, zipped = footprint.file_bytes(predictor.path)
        known = {"bytes": raw, "gzip_bytes": zipped} | known
    if "latency_ms_p50" not in known:
        known["latency_ms_p50"] = float(footprint.latency(predictor.predict, image).p50)
    return known


def _digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


@contextlib.contextmanager
def _bar(wanted):
    if not wanted:
        yield lambda text, total: None
        return
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("clean")
        started = []

        def step(text, total):
            bar.update(task, description=text, total=total, advance=len(started[:1]))
            started.append(text)

        yield step
        bar.update(task, completed=bar.tasks[task].total)
