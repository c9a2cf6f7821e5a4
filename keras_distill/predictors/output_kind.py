"""Does a model put out logits or probabilities?"""

import keras
import numpy as np

from keras_distill.predictors.last_layer import last_layer

_KINDS = {
    "linear": "logits",
    "log_softmax": "logits",
    "softmax": "probabilities",
    "sigmoid": "probabilities",
}


def output_kind(model, outputs=None):
    """Tells logits from probabilities, by a model's last layer or by its values.

    Args:
        model: A `keras.Model` (its last layer is looked at, through nested models and
            layers that only reshape), a layer, or anything else (`None` is fine).
        outputs: Outputs `(n, classes)` to judge by when the layers do not tell: rows
            that are nowhere negative and sum to 1 are probabilities; anything negative
            or above 1 makes them logits; a single output inside [0, 1] is a probability.
            Optional.

    Returns:
        `"logits"`, `"probabilities"` or `"unknown"`.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "softmax")])
    assert kd.predictors.output_kind(model) == "probabilities"
    ```
    """
    # An ensemble, or outputs on disk, know it of themselves.
    kind = getattr(model, "output_kind", None) or _by_layers(model)
    if kind == "unknown" and outputs is not None:
        kind = _by_values(np.asarray(outputs, "float32"))
    return kind


def _by_layers(model):
    layer = last_layer(model)
    if isinstance(layer, keras.layers.Softmax):
        return "probabilities"
    # A language model's last layer: the embedding, used backwards.
    if isinstance(layer, keras.layers.ReversibleEmbedding):
        return "logits"
    return _KINDS.get(getattr(getattr(layer, "activation", None), "__name__", ""), "unknown")


def _by_values(outputs):
    if outputs.size == 0 or not np.isfinite(outputs).all():
        return "unknown"
    if outputs.min() < 0.0 or outputs.max() > 1.0 + 1e-3:
        return "logits"
    if outputs.shape[-1] == 1 or np.abs(outputs.sum(axis=-1) - 1.0).max() < 1e-2:
        return "probabilities"
    return "unknown"
