from keras_distill.compression.clustering.clusterable_kernels import clusterable_kernels
from keras_distill.compression.clustering.clustered_composite import ClusteredComposite
from keras_distill.compression.clustering.clustered_layer import ClusteredLayer
from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    prepared_layers,
)
from keras_distill.compression.graph.unwrapped import unwrapped

_CLUSTERED = (ClusteredComposite, ClusteredLayer)


def strip_clustering(model):
    """Take the clustering out of a trained model and leave its few values in the kernels.

    Args:
        model: a model made by `keras_distill.compression.cluster_weights`. It is left as it is,
            and can go on training.

    Returns:
        A new `keras.Model` of the layers that were clustered, with the same predictions.

    Raises:
        ValueError: for a model that was never prepared for clustering.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    clustered = kd.compression.cluster_weights(model, number_of_clusters=4)
    stripped = kd.compression.strip_clustering(clustered)
    print(len(np.unique(stripped.get_weights()[0])))  # 4
    ```
    """
    check_backend("strip_clustering")
    check_model("strip_clustering", model)
    if not any(isinstance(layer, _CLUSTERED) for _, layer in prepared_layers(model)):
        raise ValueError(
            "`strip_clustering` expects a model made by `cluster_weights`. Received: "
            f"{model.name!r}, none of whose layers is being clustered. There is nothing to strip; "
            "use the model as it is."
        )
    stripped, pairs = unwrapped(model, _CLUSTERED)
    for old, new in pairs:
        parts = old.beside(new) if isinstance(old, ClusteredComposite) else [(old, new)]
        for part, layer in parts:
            kernels = clusterable_kernels(layer)
            for name, values in part.clustered().items():
                kernels[name].assign(values)
    return stripped
