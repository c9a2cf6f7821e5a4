import keras
import numpy as np
import pytest

from keras_distill.compression.graph.product_axes import product_axes
from keras_distill.compression.quantization.matrix_product import flat_product, is_flattened

EinsumDense = keras.layers.EinsumDense


@pytest.mark.parametrize("equation, flat", [("abc,cd->abd", True), ("abc,dc->abd", False)])
def test_an_einsum_that_is_a_matrix_product_is_flattened(equation, flat):
    assert is_flattened(EinsumDense(equation, (None, 5)), 3) == flat


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
