"""The arguments that say how kernels are clustered: checked, and in the form that is kept."""

from keras_distill.compression.clustering.centroid_initialization import CentroidInitialization


def check_number_of_clusters(number_of_clusters, preserve_sparsity):
    """Refuse whatever is not a number of clusters."""
    least = 3 if preserve_sparsity else 2
    if type(number_of_clusters) is not int or number_of_clusters < least:
        why = ": zero is one of them" if preserve_sparsity else ""
        raise ValueError(
            f"`number_of_clusters` must be a whole number of at least {least}{why}. Received: "
            f"number_of_clusters={number_of_clusters!r}. Pass for example 16."
        )


def initialization_of(given):
    """The `CentroidInitialization` that is meant: ours, TF-MOT's or a name of either."""
    # TF-MOT's members are strings of the same values.
    for member in CentroidInitialization:
        if given in (member, member.name):
            return member
    raise ValueError(
        "`cluster_centroids_init` must be one of "
        f"{', '.join(member.name for member in CentroidInitialization)}. Received: {given!r}. Pass "
        "for example `keras_distill.compression.CentroidInitialization.LINEAR`."
    )


def aggregation_of(given):
    """The name of a gradient aggregation, TF-MOT's own or a name."""
    name = getattr(given, "name", given)
    if name not in ("SUM", "AVG"):
        raise ValueError(
            "`cluster_gradient_aggregation` must be 'SUM' or 'AVG'. Received: "
            f"{given!r}. Pass 'SUM', TF-MOT's default."
        )
    return name
