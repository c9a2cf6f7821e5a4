"""Models × corruptions → report."""

import dataclasses
import platform
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from keras_distill.robustness.judge import judge
from keras_distill.robustness.measured_data import measured_data
from keras_distill.robustness.measurement import digest, measure
from keras_distill.robustness.model_facts import model_facts
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
    compare=None,
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
        compare: Pairs `(model, other)` to compare beside every model with the baseline. Defaults
            to `[("distilled", "control")]` where both are there, else to none.

    Returns:
        A `Report`.

    Raises:
        ValueError: If data, labels, baseline, pairs, corruptions, severities or a model's outputs
            are not as described.

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
    pairs = _pairs(models, baseline, compare)
    images, labels = measured_data(data)
    loaded = {name: predictors.load(model, name=name) for name, model in models.items()}
    suite = corruptions if isinstance(corruptions, str) else None
    names = list(room.names(corruptions)) if suite else list(corruptions)
    severities = list(severities)
    _check_suite(names, severities)
    makers = [(name, s, room.get(name, s)) for name in names for s in severities]

    records, cells, hashes = measure(loaded, images, labels, makers, baseline, seed, progress)
    numbers = judge(
        lambda name, index: records[name, index], cells, labels, list(loaded), baseline, pairs, seed
    )
    correct = {
        name: np.stack([records[name, index]["top"] == labels for index in range(len(cells))])
        for name in loaded
    }
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
            "labels_sha256": digest(labels),
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
            | model_facts(predictor, images[:1], (facts or {}).get(name, {}))
            for name, predictor in loaded.items()
        ],
        **numbers,
        "cells": [dataclasses.asdict(cell) for cell in numbers["cells"]],
    }
    return Report(document, correct)


def _pairs(models, baseline, compare):
    pairs = [(name, baseline) for name in models if name != baseline]
    if compare is None:
        compare = [("distilled", "control")] if {"distilled", "control"} <= set(models) else []
    for pair in compare:
        if len(pair) != 2 or pair[0] == pair[1] or not set(pair) <= set(models):
            raise ValueError(
                f"`compare` must hold pairs of two different models out of: {', '.join(models)}. "
                f"Received: {tuple(pair)!r}."
            )
        if tuple(pair) not in pairs:
            pairs.append(tuple(pair))
    return pairs


def _check_suite(names, severities):
    for what, values in (("corruptions", names), ("severities", severities)):
        repeated = sorted({value for value in values if values.count(value) > 1})
        if repeated:
            raise ValueError(
                f"`{what}` names {repeated[0]!r} more than once, which would count it twice in "
                "every mean. Name each once."
            )
    if names and not severities:
        raise ValueError(
            "`severities` is empty. Expected at least one of 1, 2, 3, 4, 5; to measure clean "
            "images only, give corruptions=[]."
        )
