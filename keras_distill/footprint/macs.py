"""How much a model multiplies for one example."""

import math

import keras
from keras import layers

_TRANSPOSED = (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
_CONVOLUTIONS = (
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv3D,
    layers.DepthwiseConv1D,
    layers.DepthwiseConv2D,
)


def macs(model):
    """Multiply-accumulate operations of one forward pass of one example.

    Counted: convolutions, depthwise and separable ones, transposed ones, Dense and
    EinsumDense; inside nested models and wrappers (layers that own the layer they wrap as
    `.layer`) too.
    Biases, normalization (folded into the convolution on a phone), activations,
    additions and pooling are not; nor are recurrent and attention layers.

    Args:
        model: A built Functional or Sequential `keras.Model` with known image size.

    Returns:
        A whole number. Two floating-point operations make one.

    Raises:
        ValueError: A counted layer's shapes are not known.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3)])
    assert kd.footprint.macs(model) == 6 * 6 * 4 * 3 * 3 * 3
    ```
    """
    return sum(macs_of_call(layer, given, made) for _, layer, given, made in calls(model))


def calls(model, prefix=""):
    """(path, layer, input shape, output shape) of each call, nested graph models opened."""
    if isinstance(model, keras.Sequential):
        model = model._functional
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            layer = node.operation
            path = f"{prefix}{layer.name}"
            if hasattr(layer, "_nodes_by_depth") or isinstance(layer, keras.Sequential):
                yield from calls(layer, f"{path}/")
            elif node.input_tensors:
                yield path, layer, node.input_tensors[0].shape, node.output_tensors[0].shape


def macs_of_call(layer, given, made):
    """Multiply-accumulates of one call, from its input's and its output's shape."""
    layer = unwrapped(layer)
    if isinstance(layer, (layers.SeparableConv1D, layers.SeparableConv2D)):
        *window, channels, multiplier = layer.depthwise_kernel.shape
        each = math.prod(window) + layer.filters
        return _positions(layer, made) * channels * multiplier * each
    if isinstance(layer, _TRANSPOSED):
        # Each input position is multiplied with the whole kernel.
        return _positions(layer, given) * math.prod(layer.kernel.shape)
    if isinstance(layer, _CONVOLUTIONS):
        # The kernel's input axis is already one group's.
        return _positions(layer, made) * math.prod(layer.kernel.shape)
    if isinstance(layer, layers.Dense):
        return _known(layer, made[1:-1]) * math.prod(layer.kernel.shape)
    if isinstance(layer, layers.EinsumDense):
        term, window = layer.equation.split("->")[0].split(",")
        made = [n for axis, n in zip(window, layer.kernel.shape, strict=True) if axis not in term]
        return _known(layer, given[1:]) * math.prod(made)
    return 0


def unwrapped(layer):
    """The layer that a wrapper (pruning, quantization, TimeDistributed) owns."""
    while isinstance(getattr(layer, "layer", None), layers.Layer):
        layer = layer.layer
    return layer


def _positions(layer, shape):
    first = layer.data_format == "channels_first"
    return _known(layer, shape[2:] if first else shape[1:-1])


def _known(layer, sides):
    if None in sides:
        raise ValueError(
            f"`macs` needs sizes that are known. Received: layer '{layer.name}' with positions "
            f"{tuple(sides)}. Build the model on keras.Input with a fixed image size."
        )
    return math.prod(sides)
