import numpy as np
from keras import ops

from keras_distill.compression.clustered_kernel import clustering_algorithm

_MOST = 1024  # TF-MOT takes a kernel of more different values for one that is not clustered.


class PreservedClusters:
    """Few values per kernel through quantization-aware training, as TF-MOT's CQAT keeps them.

    The centroids are trained, and the kernel behind them too; what is quantized is the kernel
    that the last training forward pass looked up. The variables are the owner's, so they are
    saved with it.

    Args:
        owner: the layer that gets the variables.
        kernel: the `keras.Variable` whose weights are clustered.
        shape: shape of the centroids, from `shape_of_clusters`.
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
        # What is filled up with the last value is never looked up: the first of equals is nearest.
        filled = [np.pad(own, (0, count - len(own)), "edge") for own in map(_distinct, groups)]
        centroids = np.reshape(filled, self.centroids.shape)
        self.centroids.assign(centroids)
        self.centroids_mask.assign(centroids != 0 if preserve_sparsity else np.ones_like(centroids))
        algorithm = clustering_algorithm(self.centroids, self.per_channel)
        self.pulling_indices.assign(algorithm.get_pulling_indices(self.kernel.value))
        self.clustered.assign(weights)

    def values(self, weights, training):
        """The clustered kernel of `weights`; in training everything is brought up to date."""
        if not training:
            return self.clustered.value
        self.centroids.assign(self.centroids * self.centroids_mask)
        algorithm = clustering_algorithm(self.centroids, self.per_channel)
        indices = algorithm.get_pulling_indices(weights)
        self.pulling_indices.assign(indices)
        clustered = algorithm.get_clustered_weight(indices, weights)
        self.clustered.assign(clustered)
        return clustered


def shape_of_clusters(kernel, per_channel):
    """Shape of the centroids of a clustered kernel, or None where it is not clustered.

    As in TF-MOT, each channel keeps its own values where the channels have about equally many
    of them. Where they have not, but share no values either, they are kept apart as well.

    Args:
        kernel: an array.
        per_channel: whether int8 gives each slice of the last axis a scale of its own.

    Returns:
        `(clusters,)`, `(channels, clusters)` or None.
    """
    others = kernel[kernel != 0]
    if len(np.unique(others)) == others.size:
        return None
    whole = len(_distinct(kernel))
    if per_channel:
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
