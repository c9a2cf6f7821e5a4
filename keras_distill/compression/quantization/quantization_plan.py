"""Which layers of a model are quantized, where, and why others are not.

TF-MOT's default 8-bit scheme, with its rules of the graph: no quantizer where the int8
kernels of the converter fuse (convolution and BatchNormalization, either or Add and ReLU),
none before a Concatenate, none where values only move.
"""

import dataclasses

import keras

from keras_distill.compression.quantization.layer_graph import LayerGraph
from keras_distill.compression.quantization.quantization_rules import (
    BOTH_SIDES_ACTIVATIONS,
    DYNAMIC_RANGE_KERNELS,
    FIXED_RANGE_ACTIVATIONS,
    FLOAT_ISLANDS,
    FUSED_ACTIVATIONS,
    KERNELS,
    QUANTIZED_OUTPUT,
    activation_name,
    moves_values,
    reason_of_activation,
    reason_to_skip,
)


@dataclasses.dataclass(frozen=True)
class Placement:
    """Where a layer gets quantizers: on its kernel, before its activation, on its output.

    `standalone` marks a BatchNormalization that is folded into no layer.
    """

    kernel: str | None = None
    before_activation: bool = False
    output: bool = False
    standalone: bool = False


def plan(model, chosen=None, configured=()):
    """Placements of one graph (nested models are planned by themselves).

    Args:
        model: a built Functional or Sequential model.
        chosen: the layers to quantize, or None for all. As in TF-MOT, a layer that alone
            feeds a chosen or configured one gets a quantizer on its output.
        configured: layers that are quantized by a configuration of their own.

    Returns:
        ({layer: Placement}, {layer: reason}); layers in neither only move values, those in
        both are float inside.
    """
    graph = LayerGraph.of_model(model)
    graph.chosen, graph.configured = chosen, configured
    return plan_layers(model.layers, graph)


def plan_layers(layers, graph):
    """Placements and reasons of some layers, given who feeds whom (`LayerGraph`'s interface)."""
    placements, reasons = {}, {}
    for layer in layers:
        if isinstance(layer, keras.Model | keras.layers.InputLayer):
            continue
        reason = reason_to_skip(layer)
        if not graph.is_chosen(layer):
            reasons[layer] = "it was not annotated"
            if reason is None and not moves_values(layer) and graph.feeds_chosen(layer):
                placements[layer] = dataclasses.replace(_placement(layer, graph), kernel=None)
        elif reason:
            reasons[layer] = reason
            if type(layer) in FLOAT_ISLANDS and None not in graph.consumers.get(layer, [None]):
                placements[layer] = Placement(output=True)
        elif type(layer) is keras.layers.Flatten:
            placements[layer] = Placement()  # Written otherwise for the converter.
        elif not moves_values(layer):
            placements[layer] = _placement(layer, graph)
            if reason_of_activation(layer):
                reasons[layer] = reason_of_activation(layer)
    return placements, reasons


def kernels_only(placements, layers=None):
    """The placements of layers with a kernel, without ranges of activations.

    Their scales are where TFLite's dynamic-range quantization will look for them.

    Args:
        placements: {layer: Placement}, or {path: Placement}.
        layers: {path: layer} for the latter.
    """
    made = {}
    for key, placement in placements.items():
        if placement.kernel:
            kind = type(layers[key] if layers else key)
            made[key] = Placement(DYNAMIC_RANGE_KERNELS.get(kind, placement.kernel))
    return made


def _fuses(layer):
    """Whether a layer is a ReLU that int8 kernels fuse into the operation before it."""
    if type(layer) is keras.layers.ReLU:
        plain = not layer.negative_slope and not layer.threshold
        return plain and layer.max_value in (None, 6)
    return type(layer) is keras.layers.Activation and activation_name(layer) in FUSED_ACTIVATIONS


def _placement(layer, graph):
    kind, name = type(layer), activation_name(layer)
    if kind is keras.layers.Embedding:
        # Looking up moves values: the range of its table is that of its output.
        return Placement(KERNELS[kind])
    consumer = graph.sole_consumer(layer)
    normalizes = kind is keras.layers.BatchNormalization
    before = name in (*FIXED_RANGE_ACTIVATIONS, *BOTH_SIDES_ACTIVATIONS)
    before = before or reason_of_activation(layer) is not None
    output = name not in FIXED_RANGE_ACTIVATIONS
    if kind is keras.layers.Activation and name == "linear":
        output = False
    if kind in (keras.layers.Activation, keras.layers.Softmax) and _is_fed_int8(layer, graph):
        before = False
    fusing = (*KERNELS, keras.layers.BatchNormalization, keras.layers.Add)
    if kind in fusing and name == "linear" and _fuses(consumer):
        output = False
    if kind in KERNELS and isinstance(consumer, keras.layers.BatchNormalization):
        output = output and not graph.folds(consumer)
    if kind not in KERNELS and isinstance(consumer, keras.layers.Concatenate):
        output = output and not graph.shares_a_range(consumer)
    return Placement(KERNELS.get(kind), before, output, normalizes and not graph.folds(layer))


def _is_fed_int8(layer, graph):
    """Whether all that feeds a layer has a quantizer already, seen through what moves values."""
    producers = graph.producers.get(layer, [])
    return bool(producers) and all(_is_int8(producer, graph) for producer in producers)


def _is_int8(layer, graph):
    if layer is not None and moves_values(layer):
        return _is_fed_int8(layer, graph)
    quantized = (*KERNELS, *QUANTIZED_OUTPUT, *FLOAT_ISLANDS, keras.layers.BatchNormalization)
    if isinstance(layer, keras.layers.InputLayer):
        return graph.is_chosen(layer)
    return type(layer) in quantized and graph.is_chosen(layer)
