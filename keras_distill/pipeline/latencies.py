"""Latency of one image, of several files, measured side by side."""

import time

import numpy as np

ROUNDS = 10
CALLS = 10
WARMUP = 10


def latencies(predictors, image):
    """The median time of one call of each predictor, in milliseconds.

    The files take turns, ten calls each, so that a machine that is busy for a moment slows
    all of them and not the one whose turn it happened to be.

    Args:
        predictors: {name: `kd.predictors.Predictor`}.
        image: One image `(1, height, width, channels)`.

    Returns:
        {name: p50 in milliseconds}.
    """
    taken = {name: [] for name in predictors}
    for predictor in predictors.values():
        for _ in range(WARMUP):
            predictor.predict(image)
    for _ in range(ROUNDS):
        for name, predictor in predictors.items():
            for _ in range(CALLS):
                start = time.perf_counter()
                predictor.predict(image)
                taken[name].append(time.perf_counter() - start)
    return {name: 1000 * float(np.median(seconds)) for name, seconds in taken.items()}
