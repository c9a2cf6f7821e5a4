from keras import ops

from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    prepared_layers,
)
from keras_distill.compression.graph.unwrapped import unwrapped
from keras_distill.compression.sparsity.prunable_weights import prunable_weights
from keras_distill.compression.sparsity.pruned_composite import PrunedComposite
from keras_distill.compression.sparsity.pruned_layer import PrunedLayer

_PRUNED = (PrunedComposite, PrunedLayer)


def strip_pruning(model):
    """Take the pruning out of a trained model and leave the zeros in its kernels.

    Args:
        model: a model made by `keras_distill.compression.prune_low_magnitude`. It is left as
            it is, and can go on training.

    Returns:
        A new `keras.Model` of stock Keras layers only, with the same predictions.

    Raises:
        ValueError: for a model that was never prepared for pruning.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    stripped = kd.compression.strip_pruning(kd.compression.prune_low_magnitude(model))
    print(type(stripped.layers[0]).__name__)  # Dense
    ```
    """
    check_backend("strip_pruning")
    check_model("strip_pruning", model)
    if not any(isinstance(layer, _PRUNED) for _, layer in prepared_layers(model)):
        raise ValueError(
            "`strip_pruning` expects a model made by `prune_low_magnitude`. Received: "
            f"{model.name!r}, none of whose layers is being pruned. There is nothing to strip; use "
            "the model as it is."
        )
    stripped, pairs = unwrapped(model, _PRUNED)
    for old, new in pairs:
        # Once more: the last optimizer step moved the masked weights off zero.
        if isinstance(old, PrunedComposite):
            old.mask_weights_of(new)
            continue
        for kernel, mask, weight in zip(old.kernels, old.masks, prunable_weights(new), strict=True):
            weight.assign(ops.multiply(kernel, mask))
    return stripped
