import keras
import numpy as np
from keras import ops

from keras_distill.compression.clustering.clustered_kernel import clustering_algorithm
from keras_distill.compression.quantization.quantization_rules import kernel_of

_MOST = 1024  # TF-MOT takes a kernel of more different values for one that is not clustered.

_FAR = 1e6  # Fills up the centroids of channels that have fewer: no weight is ever near it.


class PreservedClusters:
    """Few values per kernel through quantization-aware training, as TF-MOT's CQAT keeps them.

    The centroids are trained, and the kernel behind them too; what is quantized is the kernel
    that the last training forward pass looked up. The variables are the owner's, so they are
    saved with it.

    Args:
        owner: the layer that gets the variables.
        kernel: the `keras.Variable` whose weights are clustered.
        shape: shape of the centroids, from `clusters_of`.
    """

    def __init__(self, owner, kernel, shape):
        self.kernel = kernel
        self.per_channel = len(shape) > 1
        fixed = {"aggregation": "only_first_replica", "autocast": False, "initializer": "zeros"}
        frozen = {**fixed, "trainable": False}
        self.centroids = owner.add_weight(
            name="cluster_centroids", shape=tuple(shape), dtype=kernel.dtype, **fixed
        )
        self.centroids_mask = owner.add_weight(
            name="centroids_mask", shape=tuple(shape), dtype=kernel.dtype, **frozen
        )
        self.pulling_indices = owner.add_weight(
            name="pulling_indices", shape=kernel.shape, **{**frozen, "dtype": "int64"}
        )
        self.clustered = owner.add_weight(
            name="clustered_kernel", shape=kernel.shape, dtype=kernel.dtype, **frozen
        )

    def start(self, preserve_sparsity):
        """Take the values that the kernel has now for its centroids."""
        weights = ops.convert_to_numpy(self.kernel)
        groups = _channels(weights) if self.per_channel else [weights]
        count = self.centroids.shape[-1]
        filled = [np.append(own, [_FAR] * (count - len(own))) for own in map(_distinct, groups)]
        centroids = np.reshape(filled, self.centroids.shape).astype(weights.dtype)
        self.centroids.assign(centroids)
        self.centroids_mask.assign(centroids != 0 if preserve_sparsity else np.ones_like(centroids))
        algorithm = clustering_algorithm(self.centroids, self.per_channel)
        self.pulling_indices.assign(algorithm.get_pulling_indices(self.kernel.value))
        self.clustered.assign(weights)

    def values(self, weights, training):
        """The clustered kernel of `weights`; in training everything is brought up to date."""
        if not training:
            return self.clustered.value
        weights = ops.cast(weights, self.centroids.dtype)  # half of it under mixed precision
        self.centroids.assign(self.centroids * self.centroids_mask)
        algorithm = clustering_algorithm(self.centroids, self.per_channel)
        indices = algorithm.get_pulling_indices(weights)
        self.pulling_indices.assign(indices)
        clustered = algorithm.get_clustered_weight(indices, weights)
        self.clustered.assign(clustered)
        return clustered


def clusters_of(layer):
    """Shape of the centroids of a layer's clustered kernel, or None where there is none.

    As in TF-MOT, each channel of a Conv2D keeps its own values where the channels have about
    equally many of them. Where they have not, but share no values either, they are kept apart
    as well. Other layers have one set of values.

    Args:
        layer: a stock layer that is built and will be quantized.

    Returns:
        `(clusters,)`, `(channels, clusters)` or None.
    """
    if type(layer) in (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D):
        return None  # TF-MOT clusters none, so a few values there are chance
    kernel = ops.convert_to_numpy(kernel_of(layer))
    others = kernel[kernel != 0]
    if len(np.unique(others)) == others.size:
        return None
    whole = len(_distinct(kernel))
    if type(layer) is keras.layers.Conv2D:
        counts = [len(_distinct(channel)) for channel in _channels(kernel)]
        if max(counts) - min(counts) <= 1 or whole == sum(counts):
            return (len(counts), max(counts)) if 1 < max(counts) <= _MOST else None
    return (whole,) if 1 < whole <= _MOST else None


def _channels(kernel):
    return np.split(kernel, kernel.shape[-1], axis=-1)


def _distinct(weights):
    """The different values in the order of their first appearance."""
    _, first = np.unique(weights, return_index=True)
    return np.ravel(weights)[np.sort(first)]
