"""Policies that choose the layers to prune, TF-MOT's own objects among them."""

from keras_distill import _tfmot
from keras_distill.compression.sparsity.prune_for_latency_on_xnnpack import PruneForLatencyOnXNNPack


def policy_for_keras_3(policy):
    """The policy itself, or ours of the same name for one that judges tf_keras layers.

    Args:
        policy: None, or an object with `allow_pruning(layer)` and
            `ensure_model_supports_pruning(model)`.

    Returns:
        None, or a policy whose methods understand Keras 3.

    Raises:
        ValueError: for anything else.
    """
    if policy is None:
        return None
    if type(policy) is _tfmot.PruneForLatencyOnXNNPack:
        return PruneForLatencyOnXNNPack()
    if isinstance(policy, _tfmot.PruneForLatencyOnXNNPack):
        raise ValueError(
            "`pruning_policy` must judge Keras 3 layers. Received: a "
            f"{type(policy).__name__}, which inherits from TF-MOT's PruneForLatencyOnXNNPack and "
            "knows tf_keras layers only. Inherit from "
            "`keras_distill.compression.PruneForLatencyOnXNNPack` instead."
        )
    methods = ("allow_pruning", "ensure_model_supports_pruning")
    if isinstance(policy, type) or not all(callable(getattr(policy, m, None)) for m in methods):
        raise ValueError(
            "`pruning_policy` expects an object with the methods `allow_pruning(layer)` and "
            f"`ensure_model_supports_pruning(model)`. Received: {policy!r}. Pass for example "
            "`keras_distill.compression.PruneForLatencyOnXNNPack()`, with its parentheses."
        )
    return policy
