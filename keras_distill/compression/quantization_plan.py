"""Which layers of a model are quantized, where, and why others are not.

TF-MOT's default 8-bit scheme, with its rules of the graph: no quantizer where the int8
kernels of the converter fuse (convolution and BatchNormalization, either or Add and ReLU),
none before a Concatenate, none where values only move.
"""

import dataclasses

import keras

from keras_distill.compression.prerequisites import is_graph
from keras_distill.compression.quantization_rules import (
    BOTH_SIDES_ACTIVATIONS,
    DYNAMIC_RANGE_KERNELS,
    FIXED_RANGE_ACTIVATIONS,
    FLOAT_ISLANDS,
    FOLDING,
    FUSED_ACTIVATIONS,
    KERNELS,
    OUTPUTS_OF_TFMOT,
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


class LayerGraph:
    """Who feeds whom: {layer: [consumer, ...]} and {layer: [producer, ...]}."""

    chosen, configured = None, ()

    def __init__(self):
        self.consumers = {}
        self.producers = {}

    @classmethod
    def of_model(cls, model):
        """That of a Functional or Sequential model."""
        functional = model._functional if isinstance(model, keras.Sequential) else model
        graph = cls()
        for node in (n for nodes in functional._nodes_by_depth.values() for n in nodes):
            for parent in node.parent_nodes:
                graph.consumers.setdefault(parent.operation, []).append(node.operation)
                graph.producers.setdefault(node.operation, []).append(parent.operation)
        for tensor in keras.tree.flatten(functional.outputs):
            # None stands for the world outside, which sees the output as it is.
            graph.consumers.setdefault(tensor._keras_history.operation, []).append(None)
        return graph

    def takes_indices(self, layer):
        """Whether what a layer gives out are whole numbers that an Embedding looks up."""
        for consumer in self.consumers.get(layer, []):
            if consumer is None:
                continue
            if type(consumer) is keras.layers.Embedding:
                return True
            if moves_values(consumer) and self.takes_indices(consumer):
                return True
            if is_graph(consumer) and len(consumer.inputs) == 1:
                source = consumer.inputs[0]._keras_history.operation
                if LayerGraph.of_model(consumer).takes_indices(source):
                    return True
        return False

    def is_chosen(self, layer):
        return self.chosen is None or layer in self.chosen

    def feeds_chosen(self, layer):
        """Whether a chosen layer is fed by this one alone."""
        return any(
            (consumer in self.chosen or consumer in self.configured)
            and len(self.producers[consumer]) == 1
            for consumer in self.consumers.get(layer, [])
        )

    def sole_consumer(self, layer):
        """The one layer that is fed by this one, if both are to be quantized."""
        consumers = self.consumers.get(layer, [])
        alone = len(consumers) == 1 and self.is_chosen(layer) and self.is_chosen(consumers[0])
        return consumers[0] if alone else None

    def folds(self, normalization):
        """Whether a BatchNormalization folds into the layer before it."""
        producers = self.producers.get(normalization, [])
        return (
            len(producers) == 1
            # TF-MOT allows Dense too, but the converter then leaves the Dense layer float.
            and type(producers[0]) in FOLDING
            and activation_name(producers[0]) == "linear"
            and reason_to_skip(producers[0]) is None
            and self.sole_consumer(producers[0]) is normalization
        )

    def shares_a_range(self, concatenation):
        """Whether a Concatenate quantizes for all that feed it: TF-MOT's rule is all or none."""
        producers = self.producers.get(concatenation, [])
        return 2 <= len(producers) <= 6 and all(
            self.sole_consumer(producer) is concatenation and self._is_known_to_tfmot(producer)
            for producer in producers
        )

    def _is_known_to_tfmot(self, layer):
        if isinstance(layer, keras.layers.InputLayer):
            return True
        if isinstance(layer, keras.layers.BatchNormalization):
            return self.folds(layer)
        known = type(layer) in (*KERNELS, *OUTPUTS_OF_TFMOT) or moves_values(layer)
        return known and reason_to_skip(layer) is None


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
