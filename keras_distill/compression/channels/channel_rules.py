"""How channels pass through each kind of layer."""

import keras
import numpy as np
from keras import layers

from keras_distill.models.layer_widths import is_depthwise

_CONVOLUTIONS = (layers.Conv1D, layers.Conv2D, layers.Conv3D)
_TRANSPOSED = (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
_SEPARABLE = (layers.SeparableConv1D, layers.SeparableConv2D)
_DEPTHWISE = (layers.DepthwiseConv1D, layers.DepthwiseConv2D)
_MERGES = tuple(
    getattr(layers, name) for name in "Add Subtract Multiply Average Maximum Minimum".split()
)
# Layers that do the same to every channel.
_PASS = {
    getattr(layers, name)
    for name in (
        "AlphaDropout Dropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D "
        "SpatialDropout3D ActivityRegularization Identity ReLU LeakyReLU ELU RepeatVector Resizing "
        "UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D "
        "Cropping1D Cropping2D Cropping3D MaxPooling1D MaxPooling2D MaxPooling3D "
        "AveragePooling1D AveragePooling2D AveragePooling3D GlobalAveragePooling1D "
        "GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D "
        "GlobalMaxPooling3D"
    ).split()
}
_ELEMENTWISE = set(
    "linear relu relu6 leaky_relu sigmoid hard_sigmoid sparse_sigmoid log_sigmoid tanh hard_tanh "
    "tanh_shrink silu hard_silu gelu elu selu celu mish softplus squareplus sparse_plus softsign "
    "exponential threshold soft_shrink hard_shrink".split()
)
_OPERATIONS = set(
    "Add Subtract Multiply Divide TrueDivide Maximum Minimum Negative Absolute Square Sqrt Exp "
    "Relu Relu6 LeakyRelu Elu Sigmoid HardSigmoid Silu HardSilu Gelu Tanh Softplus".split()
)


class CannotFollow(Exception):
    """Says, behind a layer's name, why its channels cannot be followed."""


def follow(graph, path, node, given):
    """Numbers of the channels of one call's output; notes in `graph` what must be cut.

    Args:
        graph: a `ChannelGraph`.
        path: of the layer.
        node: the call in Keras's graph.
        given: numbers of the channels of each input.

    Raises:
        CannotFollow: the channels of its inputs must stay.
    """
    layer = node.operation
    kind = type(layer)
    if getattr(layer, "data_format", None) == "channels_first":
        raise CannotFollow("keeps its channels first")
    if getattr(layer, "quantization_mode", None) or getattr(layer, "lora_enabled", False):
        raise CannotFollow("is quantized or has LoRA weights")
    before = [tensor.shape for tensor in node.input_tensors]
    after = node.outputs[0].shape
    if kind in _MERGES or _is_operation(node) or kind.__name__ == "CustomScaleLayer":
        return _merged(graph, path, layer, given, after)
    if kind is layers.Concatenate:
        return _concatenated(graph, layer, given, after)
    if len(given) != 1 or len(node.outputs) != 1:
        raise CannotFollow("is none of those whose channels can be followed")
    numbers = given[0]
    if kind in (*_CONVOLUTIONS, *_TRANSPOSED, *_SEPARABLE, layers.Dense):
        return _produced(graph, path, layer, numbers)
    if kind in _DEPTHWISE:
        _check_activation(layer)
        made = np.repeat(numbers, layer.depth_multiplier)
        graph.slices[layer] = [(layer.kernel, -2, numbers), *_biases(layer, made)]
        return made
    if kind is layers.BatchNormalization:
        if layer.axis not in (-1, len(after) - 1):
            raise CannotFollow("normalizes along another axis")
        graph.normalizations.append((layer, numbers))
        graph.slices[layer] = [(weight, 0, numbers) for weight in layer.weights]
        return numbers
    if kind is layers.PReLU:
        if layer.alpha.shape[-1] == len(numbers):
            graph.slices[layer] = [(layer.alpha, -1, numbers)]
        return numbers
    if kind in (layers.Flatten, layers.Reshape):
        return _reshaped(graph, layer, numbers, before[0][1:], after[1:])
    if kind is layers.Activation:
        _check_activation(layer)
        return numbers
    if kind in _PASS or _is_uniform(layer, len(after)):
        return numbers
    raise CannotFollow("is none of those whose channels can be followed")


def _produced(graph, path, layer, given):
    kind = type(layer)
    if is_depthwise(layer):
        _check_activation(layer)
        graph.slices[layer] = [(layer.kernel, -1, given), *_biases(layer, given)]
        graph.counts[layer] = {"filters": given, "groups": given}
        return given
    if getattr(layer, "groups", 1) > 1:
        raise CannotFollow("is a convolution in groups")
    key = "units" if kind is layers.Dense else "filters"
    made = graph.new(getattr(layer, key))
    if kind in _SEPARABLE:
        kernel, axis = layer.pointwise_kernel, -1
        spread = np.repeat(given, layer.depth_multiplier)
        cuts = [(layer.depthwise_kernel, -2, given), (kernel, -2, spread)]
    else:
        kernel, axis = layer.kernel, -2 if kind in _TRANSPOSED else -1
        cuts = [(kernel, -3 - axis, given)]
    graph.slices[layer] = [*cuts, (kernel, axis, made), *_biases(layer, made)]
    graph.counts[layer] = {key: made}
    graph.consumers.append((layer, given))
    graph.add_producer(path, layer, kernel, axis, made)
    try:
        _check_activation(layer)
    except CannotFollow as why:
        # What it is given can still be cut.
        graph.freeze(made, f"layer '{path}' ({kind.__name__}) {why}")
    return made


def _biases(layer, numbers):
    return [(layer.bias, 0, numbers)] if layer.use_bias else []


def _check_activation(layer):
    name = getattr(layer.activation, "__name__", None)
    if name not in _ELEMENTWISE:
        raise CannotFollow(
            f"has the activation {name!r}" if name else "has an activation of its own"
        )
    if not layer.activation.__module__.startswith("keras.src."):
        raise CannotFollow(f"has an activation of its own, {name!r}")


def _is_operation(node):
    """Whether a call is x + y or its like, of tensors and numbers."""
    operation = node.operation
    if not type(operation).__module__.startswith("keras.src.ops."):
        return False
    arguments = keras.tree.flatten((node.arguments.args, node.arguments.kwargs))
    return type(operation).__name__ in _OPERATIONS and all(
        each is None or isinstance(each, keras.KerasTensor) or np.ndim(each) == 0
        for each in arguments
    )


def _merged(graph, path, layer, given, after):
    whole = [numbers for numbers in given if len(numbers) == after[-1]]
    for numbers in given:
        if len(numbers) != after[-1]:
            graph.freeze(numbers, f"layer '{path}' ({type(layer).__name__}) spreads them")
    for numbers in whole[1:]:
        graph.tie(whole[0], numbers)
    return whole[0]


def _concatenated(graph, layer, given, after):
    if layer.axis in (-1, len(after) - 1):
        return np.concatenate(given)
    for numbers in given[1:]:
        graph.tie(given[0], numbers)
    return given[0]


def _reshaped(graph, layer, numbers, before, after):
    if before[-1] == after[-1]:
        made = numbers
    elif None in (*before, *after):
        raise CannotFollow("reshapes a size that is not known")
    else:
        rows = np.broadcast_to(numbers, before).reshape(-1, after[-1])
        if (rows != rows[0]).any():
            raise CannotFollow("spreads channels over positions")
        made = rows[0]
    if type(layer) is layers.Reshape:
        graph.counts[layer] = {"target_shape": made}
    return made


def _is_uniform(layer, rank):
    """Whether a layer does the same to every channel because of how it is configured."""
    if type(layer) is layers.Rescaling:
        return np.ndim(layer.scale) == 0 and np.ndim(layer.offset) == 0
    return type(layer) is layers.Permute and layer.dims[-1] == rank - 1
