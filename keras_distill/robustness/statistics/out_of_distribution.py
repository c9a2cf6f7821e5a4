"""Whether a model's confidence tells its own data from strange data."""

import numpy as np

from keras_distill.robustness.statistics.intervals import percentiles
from keras_distill.robustness.statistics.resample_counts import resample_counts

_BLOCK = 1 << 19


def out_of_distribution(inside, outside, seed=0, resamples=1000):
    """AUROC, AUPR and FPR95 of the highest probability as a sign of familiar data.

    Args:
        inside: The model's highest probability on each example of the data it was made for,
            `(n_in,)`: the positives.
        outside: The same on data it was not made for, `(n_out,)`.
        seed: Seed of the bootstrap, which resamples the two sets apart.
        resamples: Number of resamples.

    Returns:
        A dict. `n_in`, `n_out`; `auroc` (chance that one from inside scores higher than one from
        outside, ties half), `aupr` (average precision of finding those from inside), `fpr95`
        (share of those from outside that pass the highest threshold which at least 95 % of those
        from inside pass), each with its `_ci95`; `histogram`: `edges` (11, from 0 to 1), counts
        `in` and `out` (10 each).

    Raises:
        ValueError: If one of them is empty, not one-dimensional, or leaves [0, 1].

    Example:

    ```python
    found = kd.robustness.out_of_distribution([0.9, 0.8, 0.6], [0.7, 0.5])
    assert abs(found["auroc"] - 5 / 6) < 1e-12 and found["fpr95"] == 0.5
    ```

    Reference:
        [Hendrycks & Gimpel, 2017](https://arxiv.org/abs/1610.02136).
    """
    inside, outside = (np.asarray(scores, "float64") for scores in (inside, outside))
    for name, scores in (("inside", inside), ("outside", outside)):
        if scores.ndim != 1 or not len(scores) or not ((scores >= 0) & (scores <= 1)).all():
            raise ValueError(
                f"`{name}` must be the highest probability of each example: one dimension, at "
                f"least one value, in [0, 1]. Received: {_described(scores)}."
            )
    # Thresholds from the highest down; equal scores pass together.
    values, place = np.unique(-np.concatenate([inside, outside]), return_inverse=True)
    places = place[: len(inside)], place[len(inside) :]
    exact = _scores(*(_passed(p, np.ones((1, len(p)), "uint8"), len(values)) for p in places))
    counts = [resample_counts(len(p), [seed, side], resamples) for side, p in enumerate(places)]
    step = max(1, _BLOCK // len(place))
    draws = []
    for start in range(0, resamples, step):
        chunk = slice(start, start + step)
        passed = (_passed(p, c[chunk], len(values)) for p, c in zip(places, counts, strict=True))
        draws.append(_scores(*passed))
    found = {"n_in": len(inside), "n_out": len(outside)}
    for name, value in exact.items():
        interval = percentiles(np.concatenate([part[name] for part in draws]))
        found |= {name: float(value[0]), f"{name}_ci95": interval}
    edges = np.linspace(0.0, 1.0, 11)
    found["histogram"] = {
        "edges": [round(float(edge), 1) for edge in edges],
        "in": np.histogram(inside, edges)[0].tolist(),
        "out": np.histogram(outside, edges)[0].tolist(),
    }
    return found


def _passed(place, counts, thresholds):
    """How many pass each threshold and the ones above it: (thresholds + 1, resamples)."""
    from scipy import sparse

    each = np.arange(len(place))
    table = sparse.csr_array((np.ones(len(place)), (place, each)), (thresholds, len(place)))
    sums = table @ counts.T.astype("float64", order="C")
    return np.concatenate([np.zeros((1, sums.shape[1])), np.cumsum(sums, axis=0)])


def _scores(true, false):
    n_in, n_out = true[-1], false[-1]
    more_true, more_false = np.diff(true, axis=0), np.diff(false, axis=0)
    # Those from inside that pass before, and half of those that tie.
    auroc = (more_false * (true[:-1] + more_true / 2)).sum(axis=0) / (n_in * n_out)
    precision = true[1:] / np.maximum(true[1:] + false[1:], 1)
    enough = (true / n_in >= 0.95).argmax(axis=0)
    return {
        "auroc": auroc,
        "aupr": (more_true * precision).sum(axis=0) / n_in,
        "fpr95": false[enough, np.arange(false.shape[1])] / n_out,
    }


def _described(scores):
    if scores.ndim != 1 or not len(scores):
        return f"shape {scores.shape}"
    return f"values from {scores.min():g} to {scores.max():g}"
