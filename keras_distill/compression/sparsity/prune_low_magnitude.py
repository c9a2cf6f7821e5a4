import functools

import keras

from keras_distill import _tfmot
from keras_distill.compression.graph.inner_layers import is_composite, outermost_paths
from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    prepared_layers,
)
from keras_distill.compression.graph.rebuild import copy_layer, rebuild
from keras_distill.compression.sparsity.prunable_weights import (
    PRUNABLE_TYPES,
    has_no_kernel,
    is_prunable,
)
from keras_distill.compression.sparsity.pruned_composite import PrunedComposite
from keras_distill.compression.sparsity.pruned_layer import PrunedLayer
from keras_distill.compression.sparsity.pruning_policy import policy_for_keras_3
from keras_distill.compression.sparsity.sparsity_pattern import SparsityPattern

_PRUNED = (PrunedComposite, PrunedLayer)


def prune_low_magnitude(
    to_prune,
    pruning_schedule=None,
    block_size=(1, 1),
    block_pooling_type="AVG",
    pruning_policy=None,
    sparsity_m_by_n=None,
    **kwargs,
):
    """Prepare a Keras 3 model, or single layers, for pruning by magnitude during training.

    Every kernel that TF-MOT prunes (Conv, Dense, Embedding, recurrent cells, the pointwise part
    of separable convolutions, what a layer's own `get_prunable_weights()` returns), also inside
    composite layers such as MultiHeadAttention or KerasHub's TransformerEncoder, gets a mask
    that TF-MOT's own algorithm updates in training. The step advances by itself in every
    training forward pass: no `UpdatePruningStep` to forget. Train the result by `fit`, under a
    custom `train_step` or as the student of a `Distiller`; then call
    `keras_distill.compression.strip_pruning`.

    Args:
        to_prune: a built Functional or Sequential `keras.Model`, which is left as it is; or a
            layer, or a list of layers, which are wrapped themselves. Layers without kernels
            come back as they are. To choose layers, wrap them in the `clone_function` of
            `keras.models.clone_model`.
        pruning_schedule: TF-MOT's `PolynomialDecay` or `ConstantSparsity`, offered as
            `keras_distill.compression.PolynomialDecay` and `.ConstantSparsity` so that TF-MOT
            need not be imported by hand. Sparsities are fractions in [0, 1); steps count
            training batches. Defaults to `ConstantSparsity(0.5, begin_step=0)`, TF-MOT's own.
        block_size: (height, width) of the blocks that become zero together, in kernels of two
            axes such as Dense layers have, and in those of an EinsumDense that is one matrix
            product, as inside MultiHeadAttention: as in the Dense layer that computes the same.
            Defaults to (1, 1), single weights.
        block_pooling_type: "AVG" or "MAX": whether blocks are compared by the mean or the
            largest of their magnitudes. Defaults to "AVG".
        pruning_policy: an object that chooses the layers, by `allow_pruning(layer)` and
            `ensure_model_supports_pruning(model)`, such as
            `keras_distill.compression.PruneForLatencyOnXNNPack()`; TF-MOT's own object of that
            name is taken too. Defaults to `None`, every layer.
        sparsity_m_by_n: (m, n) for m zeros in every n weights along a kernel's last axis but
            one, in kernels of two or four axes; in an EinsumDense that is one matrix product
            along the axes that it sums over. The schedule does not matter then: TF-MOT chooses
            these zeros once, in the first training step. Defaults to `None`.
        **kwargs: further arguments of `keras_distill.compression.PrunedLayer`, for a layer.

    Returns:
        A new `keras.Model` of the same names and weights, to be compiled before it trains; for
        a layer a `PrunedLayer`, for a list of layers a list.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, one
            that is already prepared, one with no kernel to prune, a layer that TF-MOT does not
            prune, a wrong schedule, policy or pattern, or a kernel on which the pattern cannot
            be laid out.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    pruned = kd.compression.prune_low_magnitude(
        model, kd.compression.ConstantSparsity(0.75, begin_step=0, frequency=1)
    )
    pruned.compile("sgd", "mse")
    pruned.fit(np.ones((4, 8)), np.ones((4, 4)), verbose=0)
    stripped = kd.compression.strip_pruning(pruned)
    print(float(np.mean(stripped.get_weights()[0] == 0)))  # 0.75
    ```

    Reference:
        - [Zhu and Gupta, 2017](https://arxiv.org/abs/1710.01878)
    """
    check_backend("prune_low_magnitude")
    single = isinstance(to_prune, keras.Layer) and not isinstance(to_prune, keras.Model)
    several = isinstance(to_prune, list | tuple)
    if not single and not several:
        _check_model(to_prune)
    if kwargs and not single:
        raise ValueError(
            "`prune_low_magnitude` hands further arguments to the wrapper of a single layer only. "
            f"Received: {', '.join(sorted(kwargs))}, with a {type(to_prune).__name__}. Leave them "
            "out, or check their spelling."
        )
    policy = policy_for_keras_3(pruning_policy)
    pattern = SparsityPattern(block_size, block_pooling_type, sparsity_m_by_n)
    arguments = {
        "pruning_schedule": _schedule(pruning_schedule),
        "block_size": pattern.block_size,
        "block_pooling_type": pattern.block_pooling_type,
        "sparsity_m_by_n": pattern.sparsity_m_by_n,
        "chosen_by": None if policy is None else type(policy).__name__,
        **kwargs,
    }

    prune = functools.partial(_prune, policy=policy, **arguments)
    if single:
        return _prune_layer(to_prune, prune)
    if several:
        # As in TF-MOT, a list may hold layers that are wrapped already.
        return [
            layer if isinstance(layer, _PRUNED) else _prune_layer(layer, prune)
            for layer in to_prune
        ]
    return _prune_model(to_prune, policy, prune)


def _prune(layer, new, policy, pruning_schedule, **arguments):
    """`new`, a copy of the built `layer` or itself, in what prunes it; None where nothing does."""

    def chosen(layer):
        return is_prunable(layer) and (policy is None or policy.allow_pruning(layer))

    if chosen(layer):
        return PrunedLayer(new, pruning_schedule, **arguments)
    if is_prunable(layer) or not is_composite(layer):
        return None
    paths = outermost_paths(layer, chosen)
    return PrunedComposite(new, paths, pruning_schedule, arguments) if paths else None


def _prune_layer(layer, prune):
    if not isinstance(layer, keras.Layer) or isinstance(layer, _PRUNED):
        return PrunedLayer(layer, None)  # which says what is wrong with it
    pruned = prune(layer, layer)
    if pruned is None and not is_prunable(layer) and not has_no_kernel(layer):
        return PrunedLayer(layer, None)
    return layer if pruned is None else pruned


def _prune_model(model, policy, prune):
    if policy is not None:
        policy.ensure_model_supports_pruning(model)
    wrapped = []

    def replace(layer):
        new = copy_layer(layer)
        pruned = prune(layer, new)
        if pruned is None:
            return new
        wrapped.append(layer)
        return pruned

    pruned = rebuild(model, replace)
    if not wrapped:
        names = ", ".join(kind.__name__ for kind in PRUNABLE_TYPES)
        allowed = "" if policy is None else f", allowed by {type(policy).__name__}"
        raise ValueError(
            f"`prune_low_magnitude` found nothing to prune in {model.name!r}. Expected at least "
            f"one layer of these types{allowed}: {names}; or one with a method "
            "`get_prunable_weights()`."
        )
    return pruned


def _check_model(model):
    check_model("prune_low_magnitude", model)
    prepared = prepared_layers(model)
    if prepared:
        raise ValueError(
            "`prune_low_magnitude` expects a model that is not prepared yet. Received: "
            f"{model.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Prune first, call `strip_pruning`, and "
            "quantize last."
        )


def _schedule(schedule):
    if schedule is None:
        return _tfmot.ConstantSparsity(0.5, begin_step=0)
    if not isinstance(schedule, _tfmot.PruningSchedule):
        raise ValueError(
            "`prune_low_magnitude` expects `pruning_schedule` to be a schedule of TF-MOT. "
            f"Received: {schedule!r}. Pass for example "
            "`keras_distill.compression.ConstantSparsity(0.75, begin_step=0)`."
        )
    return schedule
