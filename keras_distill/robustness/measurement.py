"""Every model on every cell."""

import hashlib

import numpy as np

from keras_distill.robustness.example_scores import example_scores
from keras_distill.robustness.progress import progress


def measure(loaded, images, labels, makers, baseline, seed, show):
    """Records `{(model, cell index): record}`, the cells, and SHA-256 of the images of each.

    `makers` are `(corruption, severity, callable)`. Each cell's images are made once and shown
    to every model.
    """
    # The baseline goes first within a cell, because agreement needs its predictions.
    order = sorted(loaded, key=lambda name: name != baseline)
    records, hashes = {}, {}
    makers = [("clean", 0, None), *makers]
    with progress(show) as step:
        for index, (name, severity, maker) in enumerate(makers):
            step(f"{name} {severity}" if severity else name, len(makers))
            seen = images if maker is None else np.asarray(maker(images, seed), "float32")
            hashes[f"{name}/{severity}"] = digest(seen)
            reference = None
            for model in order:
                probabilities = _probabilities(loaded[model], seen, labels)
                records[model, index] = example_scores(probabilities, labels, reference)
                reference = probabilities if reference is None else reference
    return records, [(name, severity) for name, severity, _ in makers], hashes


def digest(array):
    """SHA-256 of an array's bytes."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


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
