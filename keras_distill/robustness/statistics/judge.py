"""From records of every example to everything in the report that is a number."""

import numpy as np

from keras_distill.robustness.statistics.aggregate import aggregate
from keras_distill.robustness.statistics.calibration_bins import CalibrationBins
from keras_distill.robustness.statistics.cell import Cell
from keras_distill.robustness.statistics.cell_scores import cell_scores
from keras_distill.robustness.statistics.classification import Classification
from keras_distill.robustness.statistics.error_consistency import error_consistency
from keras_distill.robustness.statistics.intervals import holm
from keras_distill.robustness.statistics.model_scores import ModelScores
from keras_distill.robustness.statistics.pair_comparison import pair_comparison
from keras_distill.robustness.statistics.per_class import per_class
from keras_distill.robustness.statistics.resample_counts import resample_counts

RESAMPLES = 1000


def judge(
    records,
    cells,
    labels,
    names,
    baseline,
    pairs,
    seed,
    margin=0.005,
    resamples=RESAMPLES,
    groups=None,
    alexnet=False,
):
    """Cells, aggregates, comparisons and the rest of the numbers of `report.json`.

    All intervals but Wilson's come from one bootstrap over examples: a resampled example carries
    all its cells and all models with it, so means over cells are as uncertain as the examples make
    them and differences between models are paired.

    Args:
        records: Function `(model, cell_index) → record`, a record being what `example_scores`
            returns. Called cell by cell, each model's record once (the baseline's first).
        cells: `[(corruption, severity), …]`; the first is `("clean", 0)`.
        labels: Integer labels, `(n,)`.
        names: Names of the models, in the order of the report.
        baseline: One of them.
        pairs: `[(model, against), …]`; each is compared as model − against.
        seed: Seed of the bootstrap.
        margin: Loss that still counts as "as good", a fraction.
        resamples: Number of resamples.
        groups: `{group: [corruptions]}` for `by_group`; those that were not measured are left out.
        alexnet: Whether the cells are ImageNet-C's own at 224 px, so that `mce_alexnet` may be
            computed. It needs all 15 corruptions at all five severities.

    Returns:
        A dict ready for the document: `cells` (a list of `Cell`), `aggregates`, `comparisons`,
        `error_consistency`, `per_class`, `classification`, `calibration`, `tests`, `margin` and
        `resamples`.
    """
    cells = [(str(corruption), int(severity)) for corruption, severity in cells]
    n = len(labels)
    counts = resample_counts(n, seed, resamples)
    scores = {name: ModelScores(cells, n, resamples) for name in names}
    rows = {name: [] for name in names}
    right = np.empty((len(names), len(cells), n), bool)
    kinds = ("clean", "corrupted") if len(cells) > 1 else ("clean",)
    bins = {(name, kind): CalibrationBins() for name in names for kind in kinds}
    classified = {(name, kind): Classification(labels) for name in names for kind in kinds}
    for index, (corruption, severity) in enumerate(cells):
        reference = records(baseline, index)
        for position, name in enumerate(names):
            record = reference if name == baseline else records(name, index)
            row, draws = cell_scores(record, reference, labels, counts)
            scores[name].add(row, draws)
            rows[name].append(Cell(name, corruption, severity, n, **row))
            right[position, index] = record["top"] == labels
            kind = "corrupted" if index else "clean"
            bins[name, kind].add(record["confidence"], right[position, index])
            classified[name, kind].add(record["top"])
    by_class = {
        name: per_class(right[position], labels, counts) for position, name in enumerate(names)
    }
    comparisons = _comparisons(cells, right, scores, names, pairs, margin)
    return {
        "margin": margin,
        "resamples": resamples,
        "cells": [cell for name in names for cell in rows[name]],
        "aggregates": [
            aggregate(name, found, scores[baseline], by_class[name], groups or {}, alexnet)
            for name, found in scores.items()
        ],
        "comparisons": comparisons,
        "error_consistency": {
            "models": list(names),
            "clean": error_consistency(right[:, :1]),
            "corrupted": error_consistency(right[:, 1:]),
        },
        "per_class": [{"model": name} | row for name in names for row in by_class[name]],
        "classification": [
            {"model": name, "kind": kind} | found.rows(counts)
            for (name, kind), found in classified.items()
        ],
        "calibration": [
            {"model": name, "kind": kind, "bins": found.rows()}
            for (name, kind), found in bins.items()
        ],
        "tests": [
            {
                "name": f"{item['model']} not worse than {item['against']} by "
                f"{100 * margin:g} points, {kind}",
                "passed": item[f"{kind}_verdict"] in ("better", "as good"),
            }
            for item in comparisons
            for kind in ("clean", "corrupted")
            if item[f"{kind}_verdict"] is not None
        ],
    }


def _comparisons(cells, right, scores, names, pairs, margin):
    found = []
    for model, against in pairs:
        two = [names.index(model), names.index(against)]
        compared = pair_comparison(cells, right[two], [scores[model], scores[against]], margin)
        found.append({"model": model, "against": against} | compared)
    # Two families: the pairs on clean data, and all pairs on all corruptions.
    for tests in (
        [item["clean_mcnemar"] for item in found],
        [test for item in found for test in item["by_corruption"]],
    ):
        for test, p in zip(tests, holm([test["p_exact"] for test in tests]), strict=True):
            test["p_holm"] = p
    return found
