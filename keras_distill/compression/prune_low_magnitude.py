from keras_distill import _tfmot
from keras_distill.compression.prerequisites import check_backend, check_model, prepared_layers
from keras_distill.compression.pruned_layer import PRUNABLE_KERNELS, PrunedLayer
from keras_distill.compression.rebuild import copy_layer, rebuild


def prune_low_magnitude(to_prune, pruning_schedule=None):
    """Prepare a Keras 3 model for pruning by magnitude during training.

    Every kernel that TF-MOT prunes (Conv, Dense, Embedding, the pointwise part of separable
    convolutions) gets a mask that TF-MOT's own algorithm updates in training. The step
    advances by itself in every training forward pass: no `UpdatePruningStep` to forget. Train
    the result by `fit`, under a custom `train_step` or as the student of a `Distiller`; then
    call `keras_distill.compression.strip_pruning`.

    Args:
        to_prune: a built Functional or Sequential `keras.Model`. It is left as it is.
        pruning_schedule: TF-MOT's `PolynomialDecay` or `ConstantSparsity`, offered as
            `keras_distill.compression.PolynomialDecay` and `.ConstantSparsity` so that TF-MOT
            need not be imported by hand. Sparsities are fractions in [0, 1); steps count
            training batches. Defaults to `ConstantSparsity(0.5, begin_step=0)`, TF-MOT's own.

    Returns:
        A new `keras.Model` of the same names and weights. Compile it before it trains.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, one
            that is already prepared, one with no kernel to prune, or for a wrong schedule.
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
    check_model("prune_low_magnitude", to_prune)
    prepared = prepared_layers(to_prune)
    if prepared:
        raise ValueError(
            "`prune_low_magnitude` expects a model that is not prepared yet. Received: "
            f"{to_prune.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Prune first, call `strip_pruning`, and "
            "quantize last."
        )
    if pruning_schedule is None:
        pruning_schedule = _tfmot.ConstantSparsity(0.5, begin_step=0)
    if not isinstance(pruning_schedule, _tfmot.PruningSchedule):
        raise ValueError(
            "`prune_low_magnitude` expects `pruning_schedule` to be a schedule of TF-MOT. "
            f"Received: {pruning_schedule!r}. Pass for example "
            "`keras_distill.compression.ConstantSparsity(0.75, begin_step=0)`."
        )
    wrapped = []

    def replace(layer):
        new = copy_layer(layer)
        if type(layer) not in PRUNABLE_KERNELS:
            return new
        wrapped.append(layer)
        return PrunedLayer(new, pruning_schedule)

    pruned = rebuild(to_prune, replace)
    if not wrapped:
        names = ", ".join(kind.__name__ for kind in PRUNABLE_KERNELS)
        raise ValueError(
            f"`prune_low_magnitude` found nothing to prune in {to_prune.name!r}. Expected at least "
            f"one layer of these types: {names}."
        )
    return pruned
