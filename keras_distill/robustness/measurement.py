"""Every model on every cell."""

import hashlib

import numpy as np

from keras_distill.robustness.cell import Cell
from keras_distill.robustness.classification_scores import (
    calibration_error,
    macro_f1,
    negative_log_likelihood,
)
from keras_distill.robustness.intervals import wilson_interval
from keras_distill.robustness.progress import progress


def measure(loaded, images, labels, makers, baseline, seed, show):
    """Cells, correctness `{model: bool (cells, n)}` and SHA-256 of the images of each cell.

    `makers` are `(corruption, severity, callable)`. Each cell's images are made once and shown
    to every model.
    """
    # The baseline goes first within a cell, because agreement needs its predictions.
    order = sorted(loaded, key=lambda name: name != baseline)
    cells, correct, hashes = [], {name: [] for name in loaded}, {}
    with progress(show) as step:
        for name, severity, maker in [("clean", 0, None), *makers]:
            step(f"{name} {severity}" if severity else name, len(makers) + 1)
            seen = images if maker is None else np.asarray(maker(images, seed), "float32")
            hashes[f"{name}/{severity}"] = digest(seen)
            reference = None
            for model in order:
                probabilities = _probabilities(loaded[model], seen, labels)
                top = probabilities.argmax(axis=1)
                reference = top if reference is None else reference
                correct[model].append(top == labels)
                cells.append(_cell(model, name, severity, probabilities, labels, reference))
    # Written model by model, in the caller's order.
    cells = [cell for name in loaded for cell in cells if cell.model == name]
    return cells, {name: np.stack(rows) for name, rows in correct.items()}, hashes


def digest(array):
    """SHA-256 of an array's bytes."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def _cell(model, corruption, severity, probabilities, labels, reference):
    top = probabilities.argmax(axis=1)
    right = top == labels
    return Cell(
        model=model,
        corruption=corruption,
        severity=int(severity),
        n=len(labels),
        accuracy=float(right.mean()),
        accuracy_ci95=wilson_interval(int(right.sum()), len(labels)),
        macro_f1=macro_f1(top, labels, probabilities.shape[1]),
        nll=negative_log_likelihood(probabilities, labels),
        ece15=calibration_error(probabilities, labels),
        agreement=float((top == reference).mean()),
    )


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
