"""One number that mends a model's confidence."""

import numpy as np

_FLOOR = 1e-12
_BOUND = np.log(100.0)


def fit_temperature(outputs, labels, from_logits=False):
    """Temperature that makes a model's probabilities fit labels best.

    Dividing logits by a temperature changes confidence and never the answer. Above 1 the model was
    too sure. Fit it on examples that are not those it is judged on.

    Args:
        outputs: Probabilities or logits, `(n, classes)`. Probabilities are taken as softmax's: at
            least 1e-12, their logarithms are the logits.
        labels: Integer labels, `(n,)`.
        from_logits: Whether `outputs` are logits. Defaults to `False`.

    Returns:
        A float from 0.01 to 100, the minimum of the negative log likelihood. No temperature fits
        a model that is right everywhere (any near 0.01 does) or worse than chance (100).

    Raises:
        ValueError: If shapes do not match, there are no examples, or outputs are not finite.

    Example:

    ```python
    # 80 % sure, right three times out of four.
    outputs, labels = np.tile([[0.8, 0.2]], (4, 1)), [0, 0, 0, 1]
    temperature = kd.robustness.fit_temperature(outputs, labels)
    assert abs(temperature - np.log(4) / np.log(3)) < 1e-4
    ```

    Reference:
        [Guo et al., 2017](https://arxiv.org/abs/1706.04599), section 4.2.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    outputs, labels = np.asarray(outputs, "float64"), np.asarray(labels)
    if outputs.ndim != 2 or labels.shape != outputs.shape[:1] or not len(labels):
        raise ValueError(
            "Expected outputs (n, classes) and labels (n,) with at least one example. Received: "
            f"shapes {outputs.shape} and {labels.shape}."
        )
    if not np.isfinite(outputs).all():
        raise ValueError(
            "The outputs hold NaN or infinite values, which no temperature mends. Expected finite "
            "outputs: check the model's weights."
        )
    logits = outputs if from_logits else np.log(np.maximum(outputs, _FLOOR))
    # Relative to the label's: its negative log likelihood is the logsumexp of the row.
    logits = logits - logits[np.arange(len(labels)), labels][:, None]

    def loss(log_temperature):
        return logsumexp(logits / np.exp(log_temperature), axis=1).mean()

    # Convex in 1 / T, so there is one minimum, also over log T.
    found = minimize_scalar(
        loss, bounds=(-_BOUND, _BOUND), method="bounded", options={"xatol": 1e-8}
    )
    return float(np.exp(found.x))
