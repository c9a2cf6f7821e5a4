"""What `quantize_model` and `quantize_apply` have in common."""

from keras_distill.compression.graph.inner_layers import is_composite
from keras_distill.compression.graph.prerequisites import is_graph, layers_with_paths
from keras_distill.compression.graph.rebuild import copy_layer, is_float, rebuild
from keras_distill.compression.quantization.composite_plan import (
    is_fed_quantized,
    quantized_composite,
)
from keras_distill.compression.quantization.layer_graph import LayerGraph
from keras_distill.compression.quantization.preserved_clusters import clusters_of
from keras_distill.compression.quantization.quantization_plan import kernels_only, plan
from keras_distill.compression.quantization.quantize_wrapper import QuantizeWrapper
from keras_distill.compression.quantization.quantized_input import QuantizedInput
from keras_distill.compression.quantization.quantized_layer import QuantizedLayer
from keras_distill.compression.quantization.split_separable import split_separable


def prepare_quantization(
    verb, model, preserve_sparsity, preserve_clusters, chosen=None, configs=None, prefix="",
    activation_bits=8,
):  # fmt: skip
    """A copy of a model with quantized layers.

    Args:
        verb: the public function, for its errors.
        model: a built Functional or Sequential model without prepared layers.
        preserve_sparsity: whether zeros stay zero.
        preserve_clusters: whether clusters stay.
        chosen: the layers to quantize, or None for all.
        configs: {layer: QuantizeConfig} of those of them that have one.
        prefix: put before the names of quantized layers.
        activation_bits: 8 or 16; None where only kernels are quantized.
    """
    model, chosen, configs = split_separable(model, chosen, configs)
    # A layer with a configuration of its own takes no part in the patterns of the scheme.
    plain = None if chosen is None else chosen - set(configs)
    placements = _plan_all(model, plain, configs)
    if activation_bits is None:
        placements = kernels_only(placements)
    made = {}
    inputs = [tensor._keras_history.operation for tensor in model.inputs if is_float(tensor)]

    def wrap(layer, new, placement):
        keep = preserve_sparsity and placement.kernel is not None
        clusters = clusters_of(layer) if preserve_clusters and placement.kernel else None
        return QuantizedLayer(
            new, placement.kernel, placement.before_activation, placement.output, keep, clusters,
            placement.standalone, activation_bits, name=f"{prefix}{layer.name}",
        )  # fmt: skip

    def replace(layer):
        new, wrapped = copy_layer(layer), None
        if layer in configs:
            wrapped = QuantizeWrapper(new, configs[layer], name=f"{prefix}{layer.name}")
        elif layer in placements:
            wrapped = wrap(layer, new, placements[layer])
        elif is_composite(layer) and (chosen is None or layer in chosen):
            fed = is_fed_quantized(layer, {*placements, *made, *inputs})
            wrapped = quantized_composite(layer, new, wrap, fed, activation_bits)
        if wrapped is None:
            return new
        made[layer] = wrapped
        return wrapped

    quantized = rebuild(model, replace, _input_maker(model, chosen, activation_bits))
    parts = [
        part
        for layer in made.values()
        for part in getattr(layer, "parts", [layer])
        if isinstance(part, QuantizedLayer)
    ]
    if chosen is None and not any(part.quantized_kernel for part in parts):
        raise ValueError(
            f"`{verb}` found nothing to quantize in {model.name!r}. Expected at "
            "least one Conv2D, DepthwiseConv2D or Dense layer."
        )
    sparse = [part for part in parts if part.preserve_sparsity]
    clustered = [part for part in parts if part.preserve_clusters]
    if preserve_clusters and not clustered:
        raise ValueError(
            f"`preserve_clusters=True` found no clustered kernel in {model.name!r}. Expected "
            "at least one Conv2D or Dense kernel whose weights share a few values. Call "
            "`cluster_weights`, train, call `strip_clustering` and quantize what it returns, or "
            "leave `preserve_clusters` out."
        )
    for layer in sparse:
        layer.kernel_quantizer.keep_zeros()
    for layer in clustered:
        layer.kernel_quantizer.keep_clusters()
    return quantized


def _input_maker(model, chosen, bits):
    """The function that `rebuild` asks for a layer behind each of a model's inputs."""
    if bits is None:
        return None
    graph = LayerGraph.of_model(model)
    skipped = set()
    for tensor in model.inputs:
        source = tensor._keras_history.operation
        consumers = graph.consumers.get(source, [])
        fed = chosen is None or any(_holds(consumer, chosen) for consumer in consumers)
        if graph.takes_indices(source) or not fed:
            skipped |= {tensor.name, source.name}

    def make(name):
        return None if name in skipped else QuantizedInput(bits, name=f"{name}_quantized")

    return make


def _holds(layer, chosen):
    if is_graph(layer):
        return any(inner in chosen for _, inner in layers_with_paths(layer))
    return layer in chosen


def _plan_all(model, chosen, configured):
    placements, _ = plan(model, chosen, configured)
    for layer in model.layers:
        if is_graph(layer):
            placements = {**placements, **_plan_all(layer, chosen, configured)}
    return placements
