"""How many of a model's kernel weights are zero."""

import numpy as np

KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel", "embeddings")


def sparsity(model):
    """Share of exact zeros in the kernels of a model.

    Args:
        model: A built `keras.Model`. Biases and normalization are no kernels.

    Returns:
        A number from 0.0 to 1.0; 0.0 for a model without kernels.

    Example:

    ```python
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    model.set_weights([np.array([[0.0, 1.0], [0.0, 0.0]]), np.zeros(2)])
    assert kd.footprint.sparsity(model) == 0.75
    ```
    """
    zeros = total = 0
    for weight in model.weights:
        if weight.name in KERNELS:
            values = np.asarray(weight)
            zeros += int(np.sum(values == 0))
            total += values.size
    return zeros / total if total else 0.0
