"""Which layers of a model are quantized, where, and why others are not.

TF-MOT's default 8-bit scheme, with its rules of the graph: no quantizer where the int8
kernels of the converter fuse (convolution and BatchNormalization, either or Add and ReLU),
none before a Concatenate, none where values only move.
"""

import dataclasses

import keras

from keras_distill.compression.matrix_product import product_axes

_KERNELS = {
    keras.layers.Conv2D: "per_channel",
    keras.layers.DepthwiseConv2D: "per_channel",
    keras.layers.Dense: "per_tensor",
    keras.layers.EinsumDense: "per_tensor",
}
_QUANTIZED_OUTPUT = (
    keras.layers.Add,
    keras.layers.AveragePooling2D,
    keras.layers.Concatenate,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.Multiply,
    keras.layers.ReLU,
    keras.layers.Rescaling,
)
_MOVES_VALUES = (
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.MaxPooling2D,
    keras.layers.Permute,
    keras.layers.Reshape,
    keras.layers.SpatialDropout2D,
    keras.layers.ZeroPadding2D,
)
_FUSED_ACTIVATIONS = ("relu", "relu6")
# TFLite's int8 kernels of these fix the range of their output themselves.
_FIXED_RANGE_ACTIVATIONS = ("sigmoid", "softmax", "tanh")
_BOTH_SIDES_ACTIVATIONS = ("hard_silu",)


@dataclasses.dataclass(frozen=True)
class Placement:
    """Where a layer gets quantizers: on its kernel, before its activation, on its output."""

    kernel: str | None = None
    before_activation: bool = False
    output: bool = False


def activation_name(layer):
    """The name of a layer's activation function, "linear" where it has none."""
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    activation = getattr(layer, "activation", None)
    return "linear" if activation is None else getattr(activation, "__name__", str(activation))


def kernel_of(layer):
    """The variable of a stock layer that is quantized, or None."""
    return layer.kernel if type(layer) in _KERNELS else None


def moves_values(layer):
    """Whether the layer only moves values, so that its output has its input's range."""
    return type(layer) in _MOVES_VALUES


def reason_to_skip(layer):
    """Why a layer stays float wherever it stands, or None where it can be quantized."""
    kind = type(layer)
    known = (*_KERNELS, *_QUANTIZED_OUTPUT, *_MOVES_VALUES)
    if kind not in (*known, keras.layers.Activation, keras.layers.Softmax):
        if kind is keras.layers.BatchNormalization:
            return None
        return f"the 8-bit scheme has no rule for {kind.__name__}"
    name = activation_name(layer)
    good = ("linear", *_FUSED_ACTIVATIONS, *_FIXED_RANGE_ACTIVATIONS, *_BOTH_SIDES_ACTIVATIONS)
    if name not in good:
        return f"the 8-bit scheme has no rule for the activation {name}"
    if kind is keras.layers.EinsumDense and product_axes(layer) is None:
        return f"its equation {layer.equation} is no matrix product of input and kernel"
    return None


def plan(model):
    """Placements of one graph (nested models are planned by themselves).

    Args:
        model: a built Functional or Sequential model.

    Returns:
        ({layer: Placement}, {layer: reason}); layers in neither only move values.
    """
    return plan_layers(model.layers, LayerGraph.of_model(model))


def plan_layers(layers, graph):
    """Placements and reasons of some layers, given who feeds whom (`LayerGraph`'s interface)."""
    placements, reasons = {}, {}
    for layer in layers:
        if isinstance(layer, keras.Model | keras.layers.InputLayer):
            continue
        reason = reason_to_skip(layer)
        if reason is None and isinstance(layer, keras.layers.BatchNormalization):
            if not graph.folds(layer):
                reason = "no convolution of its own directly before it to be folded into"
        if reason:
            reasons[layer] = reason
        elif not moves_values(layer):
            placements[layer] = _placement(layer, graph)
    return placements, reasons


class LayerGraph:
    """Who feeds whom: {layer: [consumer, ...]} and {layer: [producer, ...]}."""

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

    def sole_consumer(self, layer):
        consumers = self.consumers.get(layer, [])
        return consumers[0] if len(consumers) == 1 else None

    def folds(self, normalization):
        """Whether a BatchNormalization folds into the layer before it."""
        producers = self.producers.get(normalization, [])
        return (
            len(producers) == 1
            # TF-MOT allows Dense too, but the converter then leaves the Dense layer float.
            and type(producers[0]) in (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
            and activation_name(producers[0]) == "linear"
            and reason_to_skip(producers[0]) is None
            and self.sole_consumer(producers[0]) is normalization
        )


def _fuses(layer):
    """Whether a layer is a ReLU that int8 kernels fuse into the operation before it."""
    if type(layer) is keras.layers.ReLU:
        plain = not layer.negative_slope and not layer.threshold
        return plain and layer.max_value in (None, 6)
    return type(layer) is keras.layers.Activation and activation_name(layer) in _FUSED_ACTIVATIONS


def _placement(layer, graph):
    kind, name = type(layer), activation_name(layer)
    kernel = _KERNELS.get(kind)
    consumer = graph.sole_consumer(layer)
    before = name in (*_FIXED_RANGE_ACTIVATIONS, *_BOTH_SIDES_ACTIVATIONS)
    output = name not in _FIXED_RANGE_ACTIVATIONS
    if kind is keras.layers.Activation and name == "linear":
        output = False
    if kind in (keras.layers.Activation, keras.layers.Softmax) and _is_quantized(layer, graph):
        before = False
    fusing = (*_KERNELS, keras.layers.BatchNormalization, keras.layers.Add)
    if kind in fusing and name == "linear" and _fuses(consumer):
        output = False
    if kind in _KERNELS and isinstance(consumer, keras.layers.BatchNormalization):
        output = output and not graph.folds(consumer)
    if kind not in _KERNELS and isinstance(consumer, keras.layers.Concatenate):
        output = False
    return Placement(kernel, before, output)


def _is_quantized(layer, graph):
    """Whether what an activation layer is fed has a quantizer already."""
    producers = graph.producers.get(layer, [])
    quantized = (*_KERNELS, *_QUANTIZED_OUTPUT, keras.layers.BatchNormalization)
    return bool(producers) and all(
        type(producer) in quantized and reason_to_skip(producer) is None for producer in producers
    )
