"""What is quantized inside a composite layer, by path, and why other parts stay float."""

import re

import keras

from keras_distill.compression.graph.inner_layers import inner_layers
from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.quantization.quantization_plan import kernels_only, plan_layers
from keras_distill.compression.quantization.quantization_rules import moves_values
from keras_distill.compression.quantization.quantized_attention import (
    explicit_attention,
    is_attention,
)
from keras_distill.compression.quantization.quantized_composite import QuantizedComposite
from keras_distill.compression.quantization.traced_graph import traced_graph


def quantized_composite(layer, copy, wrap, input_quantized=False, activation_bits=8):
    """Wrap the copy of a composite layer as the graph inside the original asks for.

    Args:
        layer: the composite layer, built and called in a graph.
        copy: an unbuilt copy of it.
        wrap: function of an inner layer (twice: as it is, and to wrap) and its placement that
            returns a `QuantizedLayer`.
        input_quantized: whether what the composite is fed is quantized already.
        activation_bits: 8 or 16; None where only kernels are quantized.

    Returns:
        A `QuantizedComposite`, or None where nothing inside can be quantized.
    """
    inner = inner_layers(layer)
    try:
        placements, attention, graph = plan_composite(layer)
    except Exception:
        # Whatever a call does that symbols cannot follow: it stays float, and says so.
        return None
    if not any(placement.kernel for placement in placements.values()):
        return None
    if activation_bits is None:
        placements = kernels_only(placements, inner)
        parts = {path: wrap(inner[path], inner[path], one) for path, one in placements.items()}
        return QuantizedComposite(copy, {path: _arguments(part) for path, part in parts.items()})
    quantized = {inner[path] for path in placements}

    def is_quantized(producer):
        if isinstance(producer, keras.layers.InputLayer):
            return input_quantized
        if producer is not None and moves_values(producer):
            return all(map(is_quantized, graph.producers[producer]))
        return producer in quantized

    arguments, inputs = {}, []
    for path, placement in placements.items():
        part = wrap(inner[path], inner[path], placement)
        arguments[path] = _arguments(part)
        if placement.kernel and not all(map(is_quantized, graph.producers[inner[path]])):
            inputs.append(path)
    output = len(graph.results) == 1 and not is_quantized(graph.results[0])
    return QuantizedComposite(copy, arguments, inputs, attention, output, activation_bits)


def _arguments(part):
    return {key: value for key, value in part.get_config().items() if key != "layer"}


def why_not_inside(layer):
    """Why nothing inside a composite layer of a graph is quantized, or None."""
    try:
        placements, _, _ = plan_composite(layer)
    except Exception as error:
        return f"its call cannot be followed on symbols: {_in_short(error)}"
    if not any(placement.kernel for placement in placements.values()):
        return "no layer inside it has a kernel that the 8-bit scheme quantizes"
    return None


def _in_short(error):
    text = re.sub("\x1b\\[[0-9;]*m", "", str(error))
    # Keras puts lines of its own before what was raised, and the arguments behind it.
    text = text.rpartition("Error encountered:")[2].lstrip()
    text = re.sub(r"^Exception encountered when calling .*?\n+", "", text)
    line = text.strip().split("\n")[0].rstrip(".") or "no message"
    return f"{type(error).__name__}, {line[:200]}"


def plan_composite(layer):
    """Placements of a composite's inner layers.

    Returns:
        ({path: Placement}, paths of attention layers, the `LayerGraph` inside).
    """
    inner = inner_layers(layer)
    everything = {"": layer, **inner}
    attention = [path for path, one in everything.items() if is_attention(one)]
    explicit = {everything[path]: explicit_attention(everything[path]) for path in attention}
    arguments = layer._inbound_nodes[0].arguments
    with replaced_calls(explicit, "_compute_attention"):
        graph, called = traced_graph(layer, arguments.args, arguments.kwargs)
    planned, _ = plan_layers(called, graph)
    paths = {one: path for path, one in inner.items()}
    return {paths[one]: placement for one, placement in planned.items()}, attention, graph


def is_fed_quantized(layer, quantized):
    """Whether all that a layer of a graph is fed comes from layers that give out 8-bit numbers.

    Args:
        layer: a layer of a Functional or Sequential model.
        quantized: the layers that do, input layers included.
    """
    producers = [parent.operation for parent in layer._inbound_nodes[0].parent_nodes]
    return bool(producers) and all(
        producer in quantized or moves_values(producer) and is_fed_quantized(producer, quantized)
        for producer in producers
    )
