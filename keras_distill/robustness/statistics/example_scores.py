"""What a report keeps of each answer of a model."""

import numpy as np

_FLOOR = 1e-12
_BLOCK = 1 << 20


def example_scores(probabilities, labels, baseline=None, temperature=None):
    """Record of one model on one cell: one number per example and score.

    Args:
        probabilities: The model's class probabilities, `(n, classes)`.
        labels: Integer labels, `(n,)`.
        baseline: The baseline model's probabilities on the same bytes; `None` where the model is
            the baseline itself.
        temperature: Temperature of `fit_temperature`; `None` leaves the two scaled scores out.

    Returns:
        A dict of arrays `(n,)`: `top` (int32, the class of highest probability), and as float32
        `confidence` (its probability), `nll` (−log p of the label, p at least 1e-12), `brier`
        (0 to 2), `kl` (KL(baseline ‖ model), nats), `js` (Jensen-Shannon divergence, nats, 0 to
        ln 2), and with a temperature `confidence_scaled` and `nll_scaled`.

    For the two divergences alone, rows are divided by their sum (the outputs of a quantized file
    need not add up to 1) and probabilities count as at least 1e-12, so both stay finite.
    """
    probabilities = np.asarray(probabilities)
    names = ["confidence", "nll", "brier", "kl", "js"]
    names += ["confidence_scaled", "nll_scaled"] if temperature is not None else []
    made = {"top": probabilities.argmax(axis=1).astype("int32")}
    made |= {name: np.empty(len(probabilities), "float32") for name in names}
    # In blocks, because a float64 copy of 50,000 × 1,000 probabilities is 400 MB.
    step = max(1, _BLOCK // probabilities.shape[1])
    for start in range(0, len(probabilities), step):
        rows = slice(start, start + step)
        p = probabilities[rows].astype("float64")
        q = None if baseline is None else np.asarray(baseline[rows], "float64")
        for name, values in _scores(p, labels[rows], q, temperature).items():
            made[name][rows] = values
    return made


def _scores(p, labels, baseline, temperature):
    each = np.arange(len(labels))
    of_label = p[each, labels]
    found = {
        "confidence": p.max(axis=1),
        "nll": -np.log(np.maximum(of_label, _FLOOR)),
        "brier": (p**2).sum(axis=1) - of_label**2 + (1.0 - of_label) ** 2,
    }
    if baseline is None:
        found |= {"kl": 0.0, "js": 0.0}
    else:
        found |= _divergences(_distribution(baseline), _distribution(p))
    if temperature is not None:
        scaled = np.log(np.maximum(p, _FLOOR)) / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        total = np.log(np.exp(scaled).sum(axis=1))
        # The highest is 0 now.
        found |= {"confidence_scaled": np.exp(-total), "nll_scaled": total - scaled[each, labels]}
    return found


def _distribution(p):
    p = np.maximum(p, _FLOOR)
    return p / p.sum(axis=1, keepdims=True)


def _divergences(q, p):
    log_q, log_p, log_middle = np.log(q), np.log(p), np.log((p + q) / 2)
    kl = (q * (log_q - log_p)).sum(axis=1)
    js = 0.5 * (q * (log_q - log_middle) + p * (log_p - log_middle)).sum(axis=1)
    # Neither is negative but for rounding.
    return {"kl": np.maximum(kl, 0.0), "js": np.maximum(js, 0.0)}
