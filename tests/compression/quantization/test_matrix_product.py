import keras
import numpy as np
import pytest

from keras_distill.compression.quantization.matrix_product import (
    flat_product,
    is_flattened,
    product_axes,
)

EinsumDense = keras.layers.EinsumDense


@pytest.mark.parametrize(
    "equation, bias_axes, axes",
    [
        ("abc,cde->abde", "de", 1),
        ("abcd,cde->abe", "e", 2),
        ("...x,xy->...y", None, 1),
        ("ab,bc->ac", "c", 1),
        ("abc,cde->abde", "e", None),  # a bias along one of two new axes is no matrix product's
        ("abc,dc->abd", None, None),  # the kernel is the other way round
        ("abc,bcd->abd", None, None),  # another kernel at each place
        ("ab,b->a", None, None),
    ],
)
def test_which_equations_are_a_matrix_product(equation, bias_axes, axes):
    shape = {"d": (None, 5), "y": (None, 5)}.get(equation[-1], (None,))
    layer = EinsumDense(equation, shape, bias_axes=bias_axes)
    assert product_axes(layer) == axes
    assert is_flattened(layer, 3) == (axes is not None)


@pytest.mark.parametrize(
    "layer, shape",
    [
        (keras.layers.Dense(5, activation="relu", bias_initializer="normal"), (2, 3, 4)),
        (keras.layers.Dense(5, use_bias=False), (2, 3, 4, 6)),
        (EinsumDense("abc,cde->abde", (None, 5, 2), bias_axes="de"), (2, 3, 4)),
        (EinsumDense("abcd,cde->abe", (None, 5), activation="tanh"), (2, 3, 4, 6)),
    ],
)
def test_the_flat_product_is_what_the_layer_computes(layer, shape):
    inputs = np.random.default_rng(0).normal(size=shape).astype("float32")
    expected = layer(inputs)
    seen = []

    def finish(values):
        seen.append(tuple(values.shape))
        return values

    np.testing.assert_allclose(flat_product(layer, inputs, finish), expected, atol=1e-6)
    rows = int(np.prod(shape)) // int(np.prod(layer.kernel.shape[: product_axes(layer)]))
    assert seen == [(rows, int(np.prod(expected.shape)) // rows)]


def test_dense_on_two_axes_is_left_to_itself():
    assert not is_flattened(keras.layers.Dense(2), 2)
    assert is_flattened(keras.layers.Dense(2), 3)
