import numpy as np
from keras import ops

from keras_distill import _tfmot


def clustering_algorithm(variable, per_channel, aggregation="SUM", centroids=None):
    """TF-MOT's algorithm over a variable of centroids, or over `centroids` in its place."""
    if per_channel:
        kind = _tfmot.ClusteringAlgorithmPerChannel
    else:
        kind = _tfmot.ClusteringAlgorithm
    # Keras 3 keeps kernels channels-last whatever `data_format` says.
    algorithm = kind(variable.value, _tfmot.GradientAggregation[aggregation], "channels_last")
    # Through a reshape the gradient of the look-up becomes dense: Keras 3's optimizers square the
    # parts of a sparse one before they add them up, Keras 2's add up first.
    algorithm.cluster_centroids = ops.reshape(
        variable if centroids is None else centroids, variable.shape
    )
    return algorithm


class ClusteredKernel:
    """One kernel of a layer whose weights share a few values, by TF-MOT's own algorithm.

    Holds what belongs to the kernel: the centroids (trained), which of them each weight is
    pulled to, and under `preserve_sparsity` which weights are zero. The variables are the
    owner's, so they are saved with it.

    Args:
        owner: the layer that gets the variables.
        name: name of the kernel, for the names of the variables.
        kernel: the `keras.Variable` whose weights are clustered.
        number_of_clusters: centroids of the kernel, or of each of its channels.
        preserve_sparsity: whether zeros stay zero.
        per_channel: whether every slice of the last axis has centroids of its own.
        aggregation: "SUM" or "AVG", over the gradients of a centroid's weights.
    """

    def __init__(
        self, owner, name, kernel, number_of_clusters, preserve_sparsity, per_channel, aggregation
    ):
        self.kernel = kernel
        self.number_of_clusters = number_of_clusters
        self.preserve_sparsity = preserve_sparsity
        self.per_channel = per_channel
        self.aggregation = aggregation
        channels = (kernel.shape[-1],) if per_channel else ()
        # Assigned on every replica from the same values: any replica's will do.
        fixed = {"aggregation": "only_first_replica", "autocast": False, "initializer": "zeros"}
        self.centroids = owner.add_weight(
            name=f"cluster_centroids_{name}",
            shape=(*channels, number_of_clusters),
            dtype=kernel.dtype,
            **fixed,
        )
        self.pulling_indices = owner.add_weight(
            name=f"pulling_indices_{name}",
            shape=kernel.shape,
            dtype="int64",
            trainable=False,
            **fixed,
        )
        if preserve_sparsity:
            self.sparsity_mask = owner.add_weight(
                name=f"sparsity_mask_{name}", shape=kernel.shape, trainable=False, **fixed
            )
            self.zero_index = owner.add_weight(
                name=f"zero_index_{name}", shape=channels, dtype="int64", trainable=False, **fixed
            )

    def start(self, initialization, path, leave_out="`keras.models.clone_model`"):
        """Place the centroids by the weights that the kernel has now."""
        weights = ops.convert_to_numpy(self.kernel)
        groups = np.split(weights, weights.shape[-1], axis=-1) if self.per_channel else [weights]
        distinct = [len(np.unique(self._with_a_zero(group))) for group in groups]
        if self.number_of_clusters > max(distinct):
            of = " (in its richest channel)" if self.per_channel else ""
            raise ValueError(
                "`number_of_clusters` must not be above the number of distinct weights of a "
                f"kernel. Received: number_of_clusters={self.number_of_clusters} for the "
                f"{self.kernel.name} of layer {path!r}, which has {max(distinct)}{of}. Pass at "
                f"most {max(distinct)}, or leave this layer out by {leave_out}."
            )
        centroids = [self._start(group, initialization) for group in groups]
        self.centroids.assign(np.reshape(centroids, self.centroids.shape))
        algorithm = self._algorithm()
        indices = algorithm.get_pulling_indices(self.kernel.value)
        self.pulling_indices.assign(indices)
        if self.preserve_sparsity:
            clustered = algorithm.get_clustered_weight(indices, self.kernel.value)
            self.sparsity_mask.assign(ops.cast(ops.not_equal(clustered, 0), "float32"))
            self.zero_index.assign(np.abs(ops.convert_to_numpy(self.centroids)).argmin(-1))

    def _with_a_zero(self, weights):
        return np.append(weights, weights.dtype.type(0)) if self.preserve_sparsity else weights

    def _start(self, weights, initialization):
        values = np.unique(self._with_a_zero(weights))
        if len(values) <= self.number_of_clusters:
            # Nothing to choose. TF-MOT's k-means++ misses one of two values that are very close.
            missing = self.number_of_clusters - len(values)
            return np.append(values, np.full(missing, values[-1], values.dtype))
        kind = _tfmot.CentroidsInitializerFactory.get_centroid_initializer(
            _tfmot.CentroidInitialization[initialization.name]
        )
        # One channel at a time, as TF-MOT goes through them; its own way round needs every
        # channel to have as many centroids, and a pruned one may not.
        initializer = kind(
            ops.convert_to_tensor(weights),
            self.number_of_clusters,
            preserve_sparsity=self.preserve_sparsity,
        )
        return np.asarray(initializer.get_cluster_centroids())

    def values(self, training=False):
        """The clustered kernel; in training, centroids and pulling indices are brought up to date.

        Its gradient reaches the centroids, added up over their weights, and the kernel as if
        it had not been clustered.
        """
        weights = self.kernel.value
        centroids = None
        if self.preserve_sparsity:
            weights = weights * self.sparsity_mask.value
            centroids = self._with_zero()
            if training:
                self.centroids.assign(centroids)
                centroids = None
        algorithm = self._algorithm(centroids)
        indices = algorithm.get_pulling_indices(weights)
        if training:
            self.pulling_indices.assign(indices)
        return algorithm.get_clustered_weight(indices, weights)

    def _with_zero(self):
        centroids = ops.convert_to_tensor(self.centroids)
        place = ops.expand_dims(self.zero_index, -1)
        zero = ops.take_along_axis(centroids, place, axis=-1)
        return centroids * ops.cast(ops.not_equal(centroids, zero), centroids.dtype)

    def _algorithm(self, centroids=None):
        return clustering_algorithm(
            self.centroids, self.per_channel, self.aggregation, centroids=centroids
        )
