"""Models × corruptions → report."""

import dataclasses
import os
import pathlib
import tempfile
import time
from datetime import UTC, datetime

import numpy as np

from keras_distill.robustness.measuring.arguments import check_arguments, check_modality
from keras_distill.robustness.measuring.clean_data import clean_data
from keras_distill.robustness.measuring.compared_pairs import compared_pairs
from keras_distill.robustness.measuring.corrupted_cells import corrupted_cells
from keras_distill.robustness.measuring.environment import environment
from keras_distill.robustness.measuring.measured_data import MeasuredData, digest_of
from keras_distill.robustness.measuring.measurement import Measurement
from keras_distill.robustness.measuring.model_facts import identity, model_facts
from keras_distill.robustness.measuring.named_models import named_models
from keras_distill.robustness.measuring.record_store import RecordStore
from keras_distill.robustness.measuring.temperatures import temperatures
from keras_distill.robustness.measuring.texts_cut import texts_cut
from keras_distill.robustness.probes.attack_probe import attack_probe
from keras_distill.robustness.probes.gallery import gallery
from keras_distill.robustness.probes.out_of_distribution_probe import (
    other_data,
    out_of_distribution_probe,
)
from keras_distill.robustness.probes.stability_probe import stability_probe
from keras_distill.robustness.reports.report import SCHEMA, Report
from keras_distill.robustness.statistics.judge import judge


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
    *,
    margin=0.005,
    profile=None,
    rng="fast",
    calibration_data=None,
    out_of_distribution=None,
    attacks=(),
    sequences=(),
    folder=None,
    workers=None,
    name=None,
):
    """Measures models on clean and corrupted images or texts.

    Every corrupted example is made once and shown to every model, so all differences are
    paired. Data are read in parts: a tf.data set need not fit into memory.

    Args:
        models: `{name: model}`, or a list of models that are named after their file or by
            themselves. A model is anything `predictors.load` takes: a `keras.Model`, a
            `.keras`, SavedModel or `.tflite` path, an artefact, a function of a batch. A model of
            token ids is shown texts by its own preprocessor, or one that was given to
            `predictors.load(model, preprocessor=…)`.
        data: `(images, labels)` or a tf.data set of such batches: images `(n, H, W, C)`, float
            in [0, 1] or uint8, or texts `(n,)`, an array or a list of str; integer labels. It is
            read twice, so it must keep its order. None where `corruptions` is a published set
            with clean images.
        corruptions: Name of a suite; a list of names of corruptions; `[]` for clean data only;
            or a set out of `kd.datasets.load_corrupted`, whose published files are then
            measured on instead of being made. Defaults to `"quick"`.
        severities: Severities, each 1 to 5. MNIST-C has one each, whatever is said here.
        baseline: Name of the model that the others are compared with. Defaults to the first.
        seed: Seed of the corruptions, of the bootstrap and of the probes.
        facts: `{name: {"parameters", "macs", "bytes", "gzip_bytes", "sparsity",
            "latency_ms_p50", "training_seconds", "parent"}}`: taken instead of being measured;
            `parent` is the name of the model that this one was made from.
        class_names: Names of the classes, kept in the report.
        progress: Whether to show a progress bar.
        compare: Pairs `(model, other)` to compare beside every model with the baseline. Defaults
            to `[("distilled", "control")]` where both are there, and every model with its parent.
        margin: Loss of accuracy that still counts as "as good", a fraction. Defaults to 0.005.
        profile: Table of constants, see `kd.corruptions.ImageCorruption`. Defaults to the one
            for the size of the images.
        rng: `"fast"` (default) or `"reference"`, see there.
        calibration_data: Held-out `(images, labels)` that each model's temperature is fitted on.
            Defaults to every second clean example, at most 2,000.
        out_of_distribution: `{name: images}` or `{name: tf.data set}` of other data, which a
            model should be unsure about.
        attacks: Out of `"fgsm"` and `"pgd"`; on the first 1,000 images.
        sequences: Out of `"translate"`, `"rotate"`, `"brightness"`: how often answers flip while
            the picture moves; on the first 1,000 images.
        folder: Where finished cells are kept while measuring. The same call goes on from there
            after a kill; delete it when the report is saved. Defaults to a temporary one.
        workers: How many parts are worked on at a time. Defaults to the number of cores. The
            numbers do not depend on it.
        name: Name of the data, kept in the report.

    Returns:
        A `Report`.

    Raises:
        ValueError: If data, labels, baseline, pairs, corruptions, severities or a model's outputs
            are not as described, or `folder` holds something else.

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
    started = time.monotonic()
    loaded = named_models(models)
    baseline = next(iter(loaded)) if baseline is None else baseline
    facts = facts or {}
    parents = {model: facts.get(model, {}).get("parent") for model in loaded}
    check_arguments(loaded, baseline, facts, margin, attacks, sequences, out_of_distribution)
    pairs = compared_pairs(loaded, baseline, compare, parents)
    data, labels, order = clean_data(data, corruptions)
    check_modality(data.modality, attacks, sequences)
    suite, cells = corrupted_cells(corruptions, severities, data, profile, rng)
    held_out = None if calibration_data is None else MeasuredData(calibration_data)
    others = {each: other_data(found) for each, found in (out_of_distribution or {}).items()}
    settings = {
        "schema": SCHEMA,
        "seed": int(seed),
        "baseline": baseline,
        "models": {each: identity(predictor) for each, predictor in loaded.items()},
        "suite": suite,
        "inputs": data.inputs_sha256,
        "labels": data.labels_sha256,
        "calibration_data": held_out and held_out.inputs_sha256,
        "attacks": list(attacks),
        "sequences": list(sequences),
        "out_of_distribution": {each: other.inputs_sha256 for each, other in others.items()},
    }
    with tempfile.TemporaryDirectory() as temporary:
        store = RecordStore(folder or pathlib.Path(temporary) / "cells", settings)
        measurement = Measurement(loaded, data, baseline, store, seed, workers or os.cpu_count())
        fitted = store.once("temperatures", lambda: temperatures(measurement, held_out))
        measurement.temperatures = fitted
        measurement.run(cells, labels, progress)
        every = [("clean", 0), *(cells if isinstance(cells, dict) else cells.cells)]
        numbers = {model: number for number, model in enumerate(loaded)}

        def records(model, cell):
            """Cells by name or, for `judge`, by number."""
            cell = every[cell] if isinstance(cell, int) else cell
            found = store.read(cell, measurement.parts, numbers[model])
            # Published sets have an order of their own, see `clean_data`.
            return {k: v[order] for k, v in found.items()} if cell[1] == 0 else found

        judged = judge(
            records,
            every,
            labels,
            list(loaded),
            baseline,
            pairs,
            seed,
            margin=margin,
            groups=suite["groups"],
            alexnet=_is_imagenet_c(suite, class_names),
        )
        for item in judged["comparisons"]:
            for kind in ("negative", "positive"):
                item["flips"][kind] = order[item["flips"][kind]].tolist()
        suite["bytes_sha256"] = {
            f"{corruption}/{severity}": digest_of(
                store.read((corruption, severity), measurement.parts)["digests"]
            )
            for corruption, severity in every
        }
        probes = {
            "attacks": lambda: attack_probe(measurement, attacks, parents, baseline, seed),
            "stability": lambda: stability_probe(measurement, sequences, seed),
            "out_of_distribution": lambda: out_of_distribution_probe(
                measurement, records, others, seed
            ),
            "gallery": lambda: gallery(
                measurement, records, cells if isinstance(cells, dict) else {}, baseline, seed
            ),
        }
        probed = {probe: store.once(probe, work) for probe, work in probes.items()}
        predictions = {
            model: np.stack([records(model, cell)["top"] for cell in every]) for model in loaded
        }
    facts = {
        model: model_facts(predictor, data.first(1)[0], facts.get(model, {}))
        | ({"texts_cut": texts_cut(predictor, data)} if data.modality == "text" else {})
        for model, predictor in loaded.items()
    }
    document = {
        "schema": SCHEMA,
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "wall_seconds": time.monotonic() - started,
        "seed": int(seed),
        "baseline": baseline,
        "environment": environment(),
        "data": {
            "name": name,
            **data.described(),
            "class_names": None if class_names is None else [str(each) for each in class_names],
            "temperature_from": "held-out data" if held_out else "half of the clean examples",
            "paired": bool((order == np.arange(data.n)).all()),
        },
        "suite": suite,
        "models": [
            {"name": model, "format": predictor.kind, "parent": parents[model]}
            | facts[model]
            | {"temperature": fitted[model]}
            for model, predictor in loaded.items()
        ],
        **judged,
        "cells": [dataclasses.asdict(cell) for cell in judged["cells"]],
        **probed,
    }
    return Report(document, predictions, labels)


def _is_imagenet_c(suite, class_names):
    """Whether AlexNet's published errors are those of the same task."""
    published = suite["source"].startswith("imagenet2012_corrupted")
    same_size = suite["profiles"] == ["imagenet224"] and len(class_names or ()) == 1000
    return suite["name"] == "imagenet_c" and (published or same_size)
