import functools

import keras

from keras_distill.compression.clustering.centroid_initialization import CentroidInitialization
from keras_distill.compression.clustering.clustered_layer import ClusteredLayer
from keras_distill.compression.clustering.clustering_checks import (
    aggregation_of,
    check_number_of_clusters,
    initialization_of,
)
from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.inner_layers import inner_layers
from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.graph.substituted_weights import substituted_weights


@keras.saving.register_keras_serializable(package="keras_distill")
class ClusteredComposite(CompositeWrapper):
    """A layer made of layers, whose inner kernels hold only a few different values.

    `keras_distill.compression.cluster_weights` puts it around layers such as
    MultiHeadAttention or KerasHub's TransformerEncoder. The composite's own code runs; while it
    does, each inner layer that is clustered computes with the kernel that a
    `keras_distill.compression.ClusteredLayer` around it would have. Centroids are brought up to
    date once in a training forward pass, before the composite runs; at inference nothing is
    assigned.

    Args:
        layer: the composite layer. The centroids start from its weights: wrap it built.
        paths: those of the inner layers to cluster, made of the attributes that hold them, as in
            "attention/_query_dense".
        number_of_clusters: how many values each of the kernels may have, at least 2; at least 3
            with `preserve_sparsity`.
        cluster_centroids_init: a `keras_distill.compression.CentroidInitialization`, TF-MOT's
            own or a name of either. Defaults to `KMEANS_PLUS_PLUS`.
        preserve_sparsity: whether one centroid is zero and weights that are zero stay so.
            Defaults to `False`.
        cluster_per_channel: whether each channel of a Conv2D kernel has `number_of_clusters`
            centroids of its own; other layers ignore it. Defaults to `False`.
        cluster_gradient_aggregation: "SUM" or "AVG", how a centroid's gradient is made of those
            of its weights; TF-MOT's `GradientAggregation` is accepted. Defaults to "SUM".
        **kwargs: `name` and `trainable`, as for every layer.

    Returns:
        What the composite returns.

    Raises:
        ValueError: for a path at which the composite has no layer, or one that TF-MOT does not
            cluster, or a wrong argument.

    Example:

    ```python
    layer = kd.compression.ClusteredComposite(
        keras.layers.MultiHeadAttention(2, 4), ["_query_dense"], number_of_clusters=3
    )
    x = np.ones((1, 3, 8), "float32")
    layer(x, x, training=True)
    print(len(np.unique(layer.parts[0].clustered()["kernel"])))  # 3
    ```

    Reference:
        - [Han et al., 2016](https://arxiv.org/abs/1510.00149)
    """

    def __init__(
        self,
        layer,
        paths,
        number_of_clusters,
        cluster_centroids_init=CentroidInitialization.KMEANS_PLUS_PLUS,
        preserve_sparsity=False,
        cluster_per_channel=False,
        cluster_gradient_aggregation="SUM",
        **kwargs,
    ):
        check_number_of_clusters(number_of_clusters, preserve_sparsity)
        super().__init__(layer, **{"trainable": layer.trainable, **kwargs})
        self.paths = sorted(paths)
        self.arguments = {
            "number_of_clusters": number_of_clusters,
            "cluster_centroids_init": initialization_of(cluster_centroids_init).name,
            "preserve_sparsity": preserve_sparsity,
            "cluster_per_channel": cluster_per_channel,
            "cluster_gradient_aggregation": aggregation_of(cluster_gradient_aggregation),
        }
        self._starts = True

    def get_build_config(self):
        # Only what is loaded is built from it.
        return {"loaded": True}

    def build_from_config(self, config):
        # What is loaded next makes any start superfluous, and a random one would draw.
        self._starts = False

    def build_parts(self, inner):
        self.check_paths(self.paths, inner)
        self.parts = [
            ClusteredLayer(
                inner[path], **self.arguments, trainable=self.trainable and inner[path].trainable
            )
            for path in self.paths
        ]
        for path, part in zip(self.paths, self.parts, strict=True):
            part.build_from_config({"input_shape": None})
            if self._starts:
                part.start(f"{self.name}/{path}", "the `paths` of a `ClusteredComposite`")

    def run(self, training, /, *args, **kwargs):
        # Ahead of the composite, as TF-MOT does: once, and outside its loops and its precision.
        calls = {
            part.layer: functools.partial(_call_clustered, part.layer, part.values(training))
            for part in self.parts
        }
        with replaced_calls(calls):
            return self.layer(*args, **kwargs)

    def beside(self, layer):
        """Pairs of a `ClusteredLayer` within and the inner layer at its place in a stock copy."""
        inner = inner_layers(layer)
        return [(part, inner[path]) for path, part in zip(self.paths, self.parts, strict=True)]

    def get_config(self):
        return {**super().get_config(), "paths": self.paths, **self.arguments}


def _call_clustered(layer, values, original, /, *args, **kwargs):
    with substituted_weights(layer, values):
        return original(*args, **kwargs)
