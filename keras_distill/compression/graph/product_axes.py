"""Whether a Dense or EinsumDense layer is a matrix product, and over which axes it sums."""

import math

import keras


def product_axes(layer):
    """How many axes of its kernel a Dense or EinsumDense layer sums over.

    The kernel's axes must be those it sums over, which are the last of the input, and then
    those it makes, which become the last of the output.

    Returns:
        The number of axes, or None for an equation of another form.
    """
    if isinstance(layer, keras.layers.Dense):
        return 1
    sides, made = layer.equation.split("->")
    given, kernel = sides.split(",")
    if given.startswith("...") and made.startswith("..."):
        given, made = given[3:], made[3:]
    summed = len([axis for axis in kernel if axis in given])
    kept = len(given) - summed
    new = kernel[summed:]
    fits = (
        0 < summed < len(kernel)
        and "." not in given + kernel + made
        and kernel[:summed] == given[kept:]
        and made == given[:kept] + new
        and (layer.bias_axes is None or layer.bias_axes == new)
    )
    return summed if fits else None


def matrix_shape(layer):
    """(inputs, outputs) of an EinsumDense kernel that is the matrix of a product, else None.

    Args:
        layer: any built layer.
    """
    summed = product_axes(layer) if type(layer) is keras.layers.EinsumDense else None
    if summed is None:
        return None
    shape = tuple(layer.kernel.shape)
    return math.prod(shape[:summed]), math.prod(shape[summed:])
