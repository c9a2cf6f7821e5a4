import math

import keras

from keras_distill.compression.clustering.centroid_initialization import CentroidInitialization
from keras_distill.compression.clustering.clusterable_kernels import (
    CLUSTERABLE_NAMES,
    clusterable_kernels,
    clusters_per_channel,
    is_clusterable,
    is_left_as_it_is,
)
from keras_distill.compression.clustering.clustered_composite import ClusteredComposite
from keras_distill.compression.clustering.clustered_layer import ClusteredLayer
from keras_distill.compression.graph.copy_with_weights import copy_with_weights
from keras_distill.compression.graph.inner_layers import is_composite, outermost_paths
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    prepared_layers,
)
from keras_distill.compression.graph.rebuild import copy_layer, rebuild


def cluster_weights(
    to_cluster,
    number_of_clusters,
    cluster_centroids_init=CentroidInitialization.KMEANS_PLUS_PLUS,
    preserve_sparsity=False,
    cluster_per_channel=False,
    **kwargs,
):
    """Prepare a trained Keras 3 model for weight clustering during further training.

    Each kernel that TF-MOT clusters (convolutions, Dense, Embedding, the pointwise part of
    separable convolutions, recurrent layers), also inside composite layers such as
    MultiHeadAttention or KerasHub's TransformerEncoder, keeps only `number_of_clusters`
    different values, which go on training. A file of such a model compresses well. Train the
    result by `fit`, under a custom `train_step` or as the student of a `Distiller`; then call
    `keras_distill.compression.strip_clustering`.

    A kernel with fewer weights than `number_of_clusters` is left alone in a model, and named in
    `keras_distill.compression.summary`.

    Args:
        to_cluster: a built Functional or Sequential `keras.Model`, one layer, or a list of
            layers. One layer at a time chooses per layer, as the `clone_function` of
            `keras.models.clone_model`. What is given is left as it is; a layer without a kernel
            to cluster comes back itself. A composite layer has to be built.
        number_of_clusters: how many different values a kernel may have: at least 2 (3 with
            `preserve_sparsity`) and at most as many as the kernel has now.
        cluster_centroids_init: where the values start: a
            `keras_distill.compression.CentroidInitialization`, TF-MOT's own, or a name such as
            "LINEAR". Defaults to `KMEANS_PLUS_PLUS`.
        preserve_sparsity: whether weights that are zero stay zero: one of the values is 0.
            Defaults to `False`.
        cluster_per_channel: whether each output channel of a Conv2D kernel has values of its
            own, which int8 quantization per channel keeps apart anyway. Defaults to `False`.
        **kwargs: `cluster_gradient_aggregation`, "SUM" (default) or "AVG"; for a layer also
            `name`, `dtype` and `trainable`.

    Returns:
        A new `keras.Model` of the same names and weights (compile it before it trains), a new
        layer, or a list of layers.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, one
            that is already prepared, one with no kernel to cluster, or a wrong argument.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    clustered = kd.compression.cluster_weights(model, number_of_clusters=4)
    clustered.compile("sgd", "mse")
    clustered.fit(np.ones((4, 8)), np.ones((4, 4)), verbose=0)
    stripped = kd.compression.strip_clustering(clustered)
    print(len(np.unique(stripped.get_weights()[0])) <= 4)  # True
    ```

    Reference:
        - [Han et al., 2016](https://arxiv.org/abs/1510.00149)
    """
    check_backend("cluster_weights")
    options = {
        "cluster_centroids_init": cluster_centroids_init,
        "preserve_sparsity": preserve_sparsity,
        "cluster_per_channel": cluster_per_channel,
        **kwargs,
    }
    if isinstance(to_cluster, list):
        return [_wrap(layer, number_of_clusters, options) for layer in to_cluster]
    if isinstance(to_cluster, keras.Layer) and not isinstance(to_cluster, keras.Model):
        return _wrap(to_cluster, number_of_clusters, options)
    check_model("cluster_weights", to_cluster)
    prepared = prepared_layers(to_cluster)
    if prepared:
        raise ValueError(
            "`cluster_weights` expects a model that is not prepared yet. Received: "
            f"{to_cluster.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Prune first, call `strip_pruning`, cluster "
            "then, call `strip_clustering`, and quantize last."
        )
    wrapped = []

    def replace(layer):
        if _has_room(layer, number_of_clusters, cluster_per_channel):
            new = ClusteredLayer(copy_with_weights(layer), number_of_clusters, **options)
        elif paths := _paths(layer, number_of_clusters, cluster_per_channel):
            new = ClusteredComposite(copy_with_weights(layer), paths, number_of_clusters, **options)
        else:
            return copy_layer(layer)
        wrapped.append(layer)
        return new

    clustered = rebuild(to_cluster, replace)
    if not wrapped:
        raise _found_nothing(to_cluster, number_of_clusters)
    return clustered


def _wrap(layer, number_of_clusters, options):
    clustered = isinstance(layer, ClusteredComposite | ClusteredLayer)
    if clustered or not isinstance(layer, keras.Layer):
        raise ValueError(
            "`cluster_weights` expects a layer that is not clustered yet. Received: "
            f"{layer!r}. Pass a stock layer; clustering a layer once is enough."
        )
    if is_clusterable(layer):
        return ClusteredLayer(copy_with_weights(layer), number_of_clusters, **options)
    if not layer.built and _may_hold_kernels(layer):
        raise ValueError(
            "`cluster_weights` expects a layer made of layers to be built: the values start from "
            f"its weights. Received: {layer!r}. Call it on an input first."
        )
    if paths := _paths(layer, number_of_clusters, options["cluster_per_channel"]):
        return ClusteredComposite(copy_with_weights(layer), paths, number_of_clusters, **options)
    if is_left_as_it_is(layer):
        return layer
    if _is_open(layer) and outermost_paths(layer, is_clusterable):
        raise _found_nothing(layer, number_of_clusters)
    raise ValueError(
        f"`cluster_weights` expects a layer of one of these types: {CLUSTERABLE_NAMES}. "
        f"Received: {layer!r}. Leave it out; it trains and predicts as it is."
    )


def _may_hold_kernels(layer):
    stock = type(layer).__module__.startswith("keras.")
    attention = (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention)
    return not stock or type(layer) in attention


def _is_open(layer):
    return is_composite(layer) and not isinstance(layer, PreparedLayer)


def _paths(layer, number_of_clusters, per_channel):
    if is_clusterable(layer) or not _is_open(layer):
        return []
    return outermost_paths(layer, lambda one: _has_room(one, number_of_clusters, per_channel))


def _has_room(layer, number_of_clusters, per_channel):
    """Whether the kernels can have too many values: TF-MOT leaves a small Conv2D alone too."""
    if not is_clusterable(layer):
        return False
    sizes = []
    for kernel in clusterable_kernels(layer).values():
        channels = kernel.shape[-1] if per_channel and clusters_per_channel(layer) else 1
        sizes.append(math.prod(kernel.shape) // channels)
    return type(number_of_clusters) is not int or min(sizes) >= number_of_clusters


def _found_nothing(where, number_of_clusters):
    return ValueError(
        f"`cluster_weights` found nothing to cluster in {where.name!r}. Expected at least "
        f"one layer of these types with {number_of_clusters} weights or more in its kernel: "
        f"{CLUSTERABLE_NAMES}."
    )
