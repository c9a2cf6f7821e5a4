import keras
import pytest

from keras_distill.compression.graph.product_axes import matrix_shape, product_axes

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
        ("abcd,dce->abe", None, None),  # two summed axes, in another order than the input's
        ("abc,bcd->abd", None, None),  # another kernel at each place
        ("ab,b->a", None, None),
    ],
)
def test_which_equations_are_a_matrix_product(equation, bias_axes, axes):
    shape = {"d": (None, 5), "y": (None, 5)}.get(equation[-1], (None,))
    layer = EinsumDense(equation, shape, bias_axes=bias_axes)
    assert product_axes(layer) == axes


@pytest.mark.parametrize(
    "layer, given, shape",
    [
        (EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de"), (None, 5, 8), (8, 6)),
        (EinsumDense("abcd,cde->abe", (None, 7)), (None, 5, 2, 3), (6, 7)),
        (EinsumDense("abc,dc->abd", (None, 7)), (None, 5, 8), None),
        (keras.layers.Dense(4), (None, 5, 8), None),
        (keras.layers.Conv1D(4, 3), (None, 5, 8), None),
    ],
)
def test_kernels_of_einsum_as_matrices(layer, given, shape):
    layer.build(given)
    assert matrix_shape(layer) == shape
