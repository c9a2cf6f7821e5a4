"""Convolutions with gaps, as the one operator that the int8 converter knows."""

import math

import keras
from keras import ops


def has_gaps(layer):
    """Whether a layer is a convolution that `dilated_convolution` computes."""
    kinds = (
        keras.layers.Conv1D,
        keras.layers.Conv2D,
        keras.layers.DepthwiseConv1D,
        keras.layers.DepthwiseConv2D,
    )
    return (
        isinstance(layer, kinds)
        and math.prod(layer.dilation_rate) > 1
        and layer.data_format == "channels_last"
        and getattr(layer, "groups", 1) == 1
    )


def dilated_convolution(inputs, kernel, padding, dilation, depthwise=False):
    """A convolution of two spatial axes and strides of one.

    TensorFlow's own way moves the gaps into the batch and back, with the bias behind: the
    converter then leaves the convolution float, as it does in TF-MOT's models. The result is
    the same. Gradients are those of TensorFlow's own way: with gaps, its depthwise operator has
    wrong ones on a CPU, or none.

    Args:
        inputs: tensor, channels last.
        kernel: tensor of four axes.
        padding: "same" or "valid".
        dilation: (height, width), steps between weights.
        depthwise: whether each channel has kernels of its own. Defaults to `False`.
    """
    import tensorflow as tf

    dilation = tuple(dilation)
    arguments = {"strides": (1, 1), "padding": padding, "dilation_rate": dilation}
    own = ops.depthwise_conv if depthwise else ops.conv

    @tf.custom_gradient
    def convolve(inputs, kernel):
        operator = tf.raw_ops.DepthwiseConv2dNative if depthwise else tf.raw_ops.Conv2D
        outputs = operator(
            input=inputs,
            filter=kernel,
            strides=[1, 1, 1, 1],
            padding=padding.upper(),
            dilations=[1, *dilation, 1],
        )

        def gradient(upstream):
            with tf.GradientTape() as tape:
                tape.watch([inputs, kernel])
                again = own(inputs, kernel, data_format="channels_last", **arguments)
            return tape.gradient(again, [inputs, kernel], upstream)

        return outputs, gradient

    return convolve(inputs, ops.cast(kernel, inputs.dtype))
