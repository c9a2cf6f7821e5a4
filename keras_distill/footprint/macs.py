"""How much a model multiplies for one example."""

import math

import keras
from keras import layers


def macs(model):
    """Multiply-accumulate operations of one forward pass of one example.

    Counted: convolutions, depthwise and separable ones, transposed ones, Dense; inside
    nested models and wrappers (layers that own the layer they wrap as `.layer`) too.
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
    if isinstance(model, keras.Sequential):
        model = model._functional
    total = 0
    for operation, arguments, outputs in _calls(model):
        total += _of_call(operation, arguments, outputs)
    return total


def _calls(model):
    """(operation, input shape, output shape) of each call in the model's own graph."""
    for nodes in model._nodes_by_depth.values():
        for node in nodes:
            if node.input_tensors:
                yield node.operation, node.input_tensors[0].shape, node.output_tensors[0].shape


def _of_call(layer, given, made):
    layer = _unwrapped(layer)
    if isinstance(layer, keras.Model):
        return macs(layer)
    if isinstance(layer, layers.SeparableConv2D):
        kernel = layer.depthwise_kernel.shape
        positions = _positions(layer, made)
        return positions * (math.prod(kernel) + kernel[2] * kernel[3] * layer.filters)
    if isinstance(layer, layers.DepthwiseConv2D):
        return _positions(layer, made) * math.prod(layer.kernel.shape)
    if isinstance(layer, layers.Conv2DTranspose):
        # Each input position is multiplied with the whole kernel.
        return _positions(layer, given) * math.prod(layer.kernel.shape)
    if isinstance(layer, (layers.Conv1D, layers.Conv2D, layers.Conv3D)):
        # The kernel's input axis is already one group's.
        return _positions(layer, made) * math.prod(layer.kernel.shape)
    if isinstance(layer, layers.Dense):
        return _known(layer, made[1:-1]) * math.prod(layer.kernel.shape)
    return 0


def _unwrapped(layer):
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
