"""Dense and EinsumDense on more than two axes, as the one matrix product they are."""

import math

import keras
from keras import ops

from keras_distill.compression.graph.product_axes import product_axes


def is_flattened(layer, rank):
    """Whether a layer is computed as a flat product when its input has `rank` axes."""
    if type(layer) is keras.layers.EinsumDense:
        return product_axes(layer) is not None
    return type(layer) is keras.layers.Dense and rank > 2


def flat_product(layer, inputs, finish):
    """What a Dense or EinsumDense layer computes, with the reshaping outermost.

    The layers' own code adds the bias after a reshape, where the int8 converter cannot fold it
    into the product.

    Args:
        layer: the built layer.
        inputs: tensor.
        finish: function of the flat result, run before it gets its axes back.
    """
    import tensorflow as tf

    summed = product_axes(layer)
    kernel = ops.convert_to_tensor(layer.kernel)
    width = math.prod(kernel.shape[:summed])
    inputs = ops.cast(inputs, kernel.dtype)
    product = tf.matmul(ops.reshape(inputs, (-1, width)), ops.reshape(kernel, (width, -1)))
    if layer.bias is not None:
        product = tf.nn.bias_add(product, ops.reshape(layer.bias, (-1,)))
    if layer.activation is not None:
        product = layer.activation(product)
    kept = list(ops.shape(inputs)[: len(inputs.shape) - summed])
    if sum(not isinstance(size, int) for size in kept) == 1:
        kept = [size if isinstance(size, int) else -1 for size in kept]
    return ops.reshape(finish(product), (*kept, *kernel.shape[summed:]))
