"""Vectors of length 1, at every size and with a gradient at zero."""

from keras import ops

# Below it a vector has no direction worth a gradient of 1 / length.
NOTHING = 1e-12


def unit_length(x, axis=-1):
    """x divided by its Euclidean length along an axis.

    Args:
        x: Numbers of any size; squares that overflow or vanish do no harm.
        axis: An axis or a tuple of axes.

    Returns:
        float32 of the shape of `x`. Vectors of zeros stay zeros, with gradient zero.
    """
    x = ops.cast(x, "float32")
    size = ops.stop_gradient(ops.max(ops.abs(x), axis=axis, keepdims=True))
    nothing = size < NOTHING
    # A constant factor changes neither the direction nor its gradient.
    x = ops.where(nothing, 0.0, x) / ops.where(nothing, 1.0, size)
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x / ops.sqrt(ops.where(nothing, 1.0, squares))
