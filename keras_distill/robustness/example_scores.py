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
    """
