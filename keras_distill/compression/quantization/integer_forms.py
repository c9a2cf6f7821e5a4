"""Layers written as the int8 converter knows them, where their own code would stay float.

Each form takes the layer, its inputs and `quantize(name, values)`, which holds values to one
of the wrapper's ranges.
"""

import math

import keras
import numpy as np
from keras import ops

from keras_distill.compression.quantization.dilated_convolution import dilated_convolution, has_gaps

MERGES = (
    keras.layers.Add,
    keras.layers.Maximum,
    keras.layers.Minimum,
    keras.layers.Multiply,
    keras.layers.Subtract,
)


def integer_form(layer, standalone=False):
    """The function that computes a layer in its form for int8, or None for its own code."""
    if type(layer) is keras.layers.BatchNormalization and not standalone:
        return None
    if type(layer) is keras.layers.UpSampling2D:
        plain = layer.interpolation == "nearest" and layer.data_format == "channels_last"
        return _upsampling if plain else None
    if type(layer) in (keras.layers.Conv2D, keras.layers.DepthwiseConv2D):
        return _dilated if has_gaps(layer) else None
    return _merge if type(layer) in MERGES else _FORMS.get(type(layer))


def count_intermediates(layer, input_shape, output, standalone):
    """How many ranges a form needs between its operators."""
    if type(layer) in MERGES:
        return max(len(input_shape) - 2, 0)
    # Without an offset the sum goes, and two ranges in a row would stand before a padding.
    rescales = type(layer) is keras.layers.Rescaling and np.any(layer.offset)
    scales = rescales or type(layer) is keras.layers.Normalization
    return int(standalone or (output and scales))


def integer_activation(name, quantize):
    """An activation in its form for int8, or None for Keras's own."""
    if name == "hard_silu":
        # Keras's own form (x / 6 + 0.5, clipped) becomes four operators without ranges
        # instead of one HARD_SWISH.
        return lambda x: x * ops.relu6(x + 3.0) * (1.0 / 6.0)
    if name == "hard_sigmoid":
        return lambda x: quantize("intermediate_0", ops.relu6(x + 3.0)) * (1.0 / 6.0)
    return None


def _merge(layer, inputs, quantize):
    total = inputs[0]
    for index, term in enumerate(inputs[1:]):
        if index:
            total = quantize(f"intermediate_{index - 1}", total)
        total = layer([total, term])
    return total


def _rescaling(layer, inputs, quantize):
    scaled = ops.cast(inputs, layer.compute_dtype) * layer.scale
    return quantize("intermediate_0", scaled) + layer.offset


def _normalization(layer, inputs, quantize):
    deviation = ops.maximum(ops.sqrt(layer.variance), keras.config.epsilon())
    if layer.invert:
        scaled = quantize("intermediate_0", inputs * _on_int8_grid(deviation))
        return scaled + _on_int8_grid(layer.mean)
    scaled = inputs * _on_int8_grid(1.0 / deviation)
    return quantize("intermediate_0", scaled) - _on_int8_grid(layer.mean / deviation)


def _batch_normalization(layer, inputs, quantize, training):
    shape = [1] * len(inputs.shape)
    shape[layer.axis] = inputs.shape[layer.axis]
    scale = ops.rsqrt(layer.moving_variance + layer.epsilon)
    scale = scale * layer.gamma if layer.scale else scale
    offset = (layer.beta if layer.center else 0.0) - layer.moving_mean * scale
    inputs = ops.cast(inputs, "float32")
    scaled = quantize("intermediate_0", inputs * ops.reshape(_on_int8_grid(scale), shape))
    if training and layer.trainable:
        # The statistics of the batch, as always; the range above is that of inference.
        return layer(inputs, training=True)
    return scaled + ops.reshape(_on_int8_grid(offset), shape)


def _on_int8_grid(constants):
    """Constants as the converter will round them: one range for all, zero in it."""
    low = ops.minimum(ops.min(constants), 0.0)
    step = ops.maximum((ops.maximum(ops.max(constants), 0.0) - low) / 255.0, 1e-30)
    zero = ops.round(-low / step)
    return (ops.clip(ops.round(constants / step) + zero, 0.0, 255.0) - zero) * step


def _flatten(layer, inputs, quantize):
    # Keras's own asks for the size of the batch: three operators more.
    sizes = inputs.shape[1:]
    if None in sizes or layer.data_format == "channels_first":
        return layer(inputs)
    return ops.reshape(inputs, (-1, math.prod(sizes)))


def _upsampling(layer, inputs, quantize):
    # Keras's own repeats along each axis: twelve operators for one RESIZE_NEAREST_NEIGHBOR.
    size = [length * factor for length, factor in zip(inputs.shape[1:3], layer.size, strict=True)]
    return ops.image.resize(inputs, size, interpolation="nearest", data_format="channels_last")


def _conv_1d(layer, inputs, quantize, kernel=None):
    # The converter folds neither bias nor BatchNormalization into a convolution of one axis.
    padding = layer.padding
    if padding == "causal":
        inputs, padding = ops.pad(inputs, layer._compute_causal_padding()), "valid"
    inputs = ops.expand_dims(inputs, 1)
    if kernel is None:
        kernel = ops.expand_dims(layer.kernel, 0)
    depthwise = isinstance(layer, keras.layers.DepthwiseConv1D)
    dilation = (1, layer.dilation_rate[0])
    if has_gaps(layer):
        outputs = dilated_convolution(inputs, kernel, padding, dilation, depthwise)
    else:
        convolve = ops.depthwise_conv if depthwise else ops.conv
        outputs = convolve(
            inputs,
            kernel,
            strides=(layer.strides[0], layer.strides[0]),
            padding=padding,
            dilation_rate=dilation,
            data_format="channels_last",
        )
    if layer.use_bias:
        outputs = ops.add(outputs, ops.reshape(layer.bias, (1, 1, 1, -1)))
    if layer.activation is not None:
        outputs = layer.activation(outputs)
    return ops.squeeze(outputs, 1)


def _dilated(layer, inputs, quantize):
    kernel = ops.convert_to_tensor(layer.kernel)
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    rate = layer.dilation_rate
    outputs = dilated_convolution(inputs, kernel, layer.padding, rate, depthwise)
    if layer.use_bias:
        outputs = ops.add(outputs, ops.reshape(layer.bias, (1, 1, 1, -1)))
    return outputs if layer.activation is None else layer.activation(outputs)


_FORMS = {
    keras.layers.BatchNormalization: _batch_normalization,
    keras.layers.Conv1D: _conv_1d,
    keras.layers.DepthwiseConv1D: _conv_1d,
    keras.layers.Flatten: _flatten,
    keras.layers.Normalization: _normalization,
    keras.layers.Rescaling: _rescaling,
}
