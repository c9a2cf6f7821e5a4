import keras
from keras import ops

from keras_distill.compression.clustering.centroid_initialization import CentroidInitialization
from keras_distill.compression.clustering.clusterable_kernels import (
    CLUSTERABLE_NAMES,
    clusterable_kernels,
    clusters_per_channel,
    is_clusterable,
)
from keras_distill.compression.clustering.clustered_kernel import ClusteredKernel
from keras_distill.compression.clustering.clustering_checks import (
    aggregation_of,
    check_number_of_clusters,
    initialization_of,
)
from keras_distill.compression.graph.layer_wrapper import LayerWrapper
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.graph.substituted_weights import substituted_weights


@keras.saving.register_keras_serializable(package="keras_distill")
class ClusteredLayer(PreparedLayer, LayerWrapper):
    """A layer whose kernel holds only a few different values while it trains.

    `keras_distill.compression.cluster_weights` puts it around layers; it keeps the wrapped
    layer's name. TF-MOT's own algorithm pulls every weight to the nearest of the centroids in
    each forward pass; the centroids and the kernel behind them are both trained. At inference
    nothing is assigned. Regularizers see the kernel behind, as TF-MOT's do.

    Args:
        layer: the layer to wrap, of a type that TF-MOT clusters.
        number_of_clusters: how many values each of its kernels may have, at least 2; at least
            3 with `preserve_sparsity`.
        cluster_centroids_init: a `keras_distill.compression.CentroidInitialization`, TF-MOT's
            own or a name of either. Defaults to `KMEANS_PLUS_PLUS`.
        preserve_sparsity: whether one centroid is zero and weights that are zero stay so.
            Defaults to `False`.
        cluster_per_channel: whether each channel of a Conv2D kernel has `number_of_clusters`
            centroids of its own; other layers ignore it. Defaults to `False`.
        cluster_gradient_aggregation: "SUM" or "AVG", how a centroid's gradient is made of those
            of its weights; TF-MOT's `GradientAggregation` is accepted. Defaults to "SUM".
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        What the wrapped layer returns.

    Raises:
        ValueError: for a layer that TF-MOT does not cluster, or a wrong argument.

    Example:

    ```python
    layer = kd.compression.ClusteredLayer(keras.layers.Dense(4), number_of_clusters=3)
    layer(np.ones((1, 8), "float32"), training=True)
    print(len(np.unique(layer.clustered()["kernel"])))  # 3
    ```

    Reference:
        - [Han et al., 2016](https://arxiv.org/abs/1510.00149)
    """

    def __init__(
        self,
        layer,
        number_of_clusters,
        cluster_centroids_init=CentroidInitialization.KMEANS_PLUS_PLUS,
        preserve_sparsity=False,
        cluster_per_channel=False,
        cluster_gradient_aggregation="SUM",
        **kwargs,
    ):
        if not is_clusterable(layer):
            raise ValueError(
                f"`ClusteredLayer` expects a layer of one of these types: {CLUSTERABLE_NAMES}. "
                f"Received: {layer!r}. Leave it unwrapped; it trains and predicts as it is."
            )
        check_number_of_clusters(number_of_clusters, preserve_sparsity)
        # Own dtype float32 and no casting: TF-MOT's algorithm gets the variables themselves, and
        # the wrapped layer casts by its own policy.
        defaults = {"name": layer.name, "trainable": layer.trainable, "dtype": "float32"}
        super().__init__(layer, **{**defaults, **kwargs})
        self.autocast = False
        self.number_of_clusters = number_of_clusters
        self.cluster_centroids_init = initialization_of(cluster_centroids_init)
        self.preserve_sparsity = preserve_sparsity
        self.cluster_per_channel = bool(cluster_per_channel) and clusters_per_channel(layer)
        self.cluster_gradient_aggregation = aggregation_of(cluster_gradient_aggregation)
        self.supports_masking = layer.supports_masking
        # TF-MOT's values to the bit are a promise of the plain kernels, not of XLA's.
        self.supports_jit = False

    @property
    def kernels(self):
        """The wrapped layer's variables that are clustered, as the optimizer left them."""
        return [kernel.kernel for kernel in self._clustered.values()]

    @property
    def pattern(self):
        """How many centroids there are, in words."""
        each = " per channel" if self.cluster_per_channel else ""
        kept = ", zeros kept" if self.preserve_sparsity else ""
        return f"clustered, {self.number_of_clusters} centroids{each}{kept}"

    def build(self, input_shape=None):
        self._build(input_shape)
        self.start(self.name)

    def build_from_config(self, config):
        # What is loaded next makes any start superfluous, and a random one would draw.
        # Of several shapes, those of a recurrent layer's states are the others.
        shapes = config.get("shapes_dict") or config
        self._build(next(iter(shapes.values())))
        self.built = True

    def start(self, path, leave_out="`keras.models.clone_model`"):
        """Place the centroids by the weights that the kernels have now.

        Args:
            path: that of the layer, for errors.
            leave_out: what can leave the layer alone, for errors.
        """
        for kernel in self._clustered.values():
            kernel.start(self.cluster_centroids_init, path, leave_out)

    def _build(self, input_shape):
        super().build(input_shape)
        self._clustered = {
            name: ClusteredKernel(
                self,
                name,
                variable,
                self.number_of_clusters,
                self.preserve_sparsity,
                self.cluster_per_channel,
                self.cluster_gradient_aggregation,
            )
            for name, variable in clusterable_kernels(self.layer).items()
        }

    def call(self, inputs, *args, training=None, **kwargs):
        with substituted_weights(self.layer, self.values(bool(training))):
            return self.layer(inputs, *args, **kwargs)

    def values(self, training=False):
        """Pairs of a kernel and its clustered value, brought up to date in training."""
        kernels = self._clustered.values()
        return [(kernel.kernel, kernel.values(training)) for kernel in kernels]

    def clustered(self):
        """{name: clustered kernel} as it predicts and as `strip_clustering` leaves it."""
        return {
            name: ops.convert_to_numpy(kernel.values()) for name, kernel in self._clustered.items()
        }

    def compute_output_spec(self, inputs, *args, training=None, **kwargs):
        return self.layer.compute_output_spec(inputs, *args, **kwargs)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def compute_mask(self, inputs, previous_mask):
        return self.layer.compute_mask(inputs, previous_mask)

    def get_config(self):
        return {
            **super().get_config(),
            "number_of_clusters": self.number_of_clusters,
            "cluster_centroids_init": self.cluster_centroids_init.name,
            "preserve_sparsity": self.preserve_sparsity,
            "cluster_per_channel": self.cluster_per_channel,
            "cluster_gradient_aggregation": self.cluster_gradient_aggregation,
        }
