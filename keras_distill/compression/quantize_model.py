from keras_distill.compression.composite_plan import is_fed_quantized, quantized_composite
from keras_distill.compression.inner_layers import is_composite
from keras_distill.compression.prerequisites import (
    check_backend,
    check_model,
    is_graph,
    prepared_layers,
)
from keras_distill.compression.preserved_clusters import clusters_of
from keras_distill.compression.quantization_plan import LayerGraph, plan
from keras_distill.compression.quantized_input import QuantizedInput
from keras_distill.compression.quantized_layer import QuantizedLayer
from keras_distill.compression.rebuild import copy_layer, is_float, rebuild


def quantize_model(to_quantize, preserve_sparsity=False, preserve_clusters=False):
    """Prepare a Keras 3 model for 8-bit quantization-aware training.

    TF-MOT's default 8-bit scheme: kernels and activations are rounded to 256 levels in the
    forward pass, so the model learns to live with them, and the ranges that it learns go into
    the int8 `.tflite` file without a calibration set. Train the result (its ranges mean nothing
    before), then export it as it is: there is nothing to strip.

    A layer that cannot be quantized stays float; `keras_distill.compression.summary` names it
    and its reason.

    Args:
        to_quantize: a built Functional or Sequential `keras.Model`, nested ones included. It is
            left as it is.
        preserve_sparsity: whether weights that are exactly zero now, as pruning leaves them,
            stay zero through training and in the int8 file. Defaults to `False`.
        preserve_clusters: whether kernels that hold only a few different values now, as
            `keras_distill.compression.strip_clustering` leaves them, hold no more after
            training (in each channel, where int8 scales by channel). The values themselves go
            on training. Defaults to `False`.

    Returns:
        A new `keras.Model` of the same names and weights. Compile it before it trains.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, one
            that is already prepared, one with no layer to quantize, or with
            `preserve_clusters` one with no clustered kernel.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    int8 = kd.compression.quantize_model(model)
    int8.compile("sgd", "mse")
    int8.fit(np.ones((4, 8)), np.ones((4, 4)), verbose=0)
    ```

    Reference:
        - [Jacob et al., 2018](https://arxiv.org/abs/1712.05877)
    """
    check_backend("quantize_model")
    check_model("quantize_model", to_quantize)
    prepared = prepared_layers(to_quantize)
    if prepared:
        raise ValueError(
            "`quantize_model` expects a model that is not prepared yet. Received: "
            f"{to_quantize.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Call `strip_pruning` on a pruned model "
            "first; a quantized one is ready to train."
        )
    placements = _plan_all(to_quantize)
    made = {}
    inputs = [tensor._keras_history.operation for tensor in to_quantize.inputs if is_float(tensor)]

    def wrap(layer, new, placement):
        keep = preserve_sparsity and placement.kernel is not None
        clusters = clusters_of(layer) if preserve_clusters and placement.kernel else None
        return QuantizedLayer(
            new, placement.kernel, placement.before_activation, placement.output, keep, clusters,
            placement.standalone,
        )  # fmt: skip

    def replace(layer):
        new, wrapped = copy_layer(layer), None
        if layer in placements:
            wrapped = wrap(layer, new, placements[layer])
        elif is_composite(layer):
            fed = is_fed_quantized(layer, {*placements, *made, *inputs})
            wrapped = quantized_composite(layer, new, wrap, fed)
        if wrapped is None:
            return new
        made[layer] = wrapped
        return wrapped

    quantized = rebuild(to_quantize, replace, input_maker(to_quantize))
    parts = [
        part
        for layer in made.values()
        for part in getattr(layer, "parts", [layer])
        if isinstance(part, QuantizedLayer)
    ]
    if not any(part.quantized_kernel for part in parts):
        raise ValueError(
            f"`quantize_model` found nothing to quantize in {to_quantize.name!r}. Expected at "
            "least one Conv2D, DepthwiseConv2D or Dense layer."
        )
    sparse = [part for part in parts if part.preserve_sparsity]
    clustered = [part for part in parts if part.preserve_clusters]
    if preserve_clusters and not clustered:
        raise ValueError(
            f"`preserve_clusters=True` found no clustered kernel in {to_quantize.name!r}. Expected "
            "at least one Conv2D or Dense kernel whose weights share a few values. Call "
            "`cluster_weights`, train, call `strip_clustering` and quantize what it returns, or "
            "leave `preserve_clusters` out."
        )
    for layer in sparse:
        layer.keep_zeros()
    for layer in clustered:
        layer.keep_clusters()
    return quantized


def input_maker(model):
    """The function that `rebuild` asks for a layer behind each of a model's inputs."""
    graph = LayerGraph.of_model(model)
    indices = {layer.name for layer in graph.consumers if graph.takes_indices(layer)}

    def make(name):
        return None if name in indices else QuantizedInput(name=f"{name}_quantized")

    return make


def _plan_all(model):
    placements, _ = plan(model)
    for layer in model.layers:
        if is_graph(layer):
            placements = {**placements, **_plan_all(layer)}
    return placements
