import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    PolynomialDecay,
    PrunedLayer,
    prune_low_magnitude,
    strip_pruning,
)
from keras_distill.compression.sparsity.matrix_pruning import pruning_on
from keras_distill.export import to_tflite
from keras_distill.export.contents.tflite_contents import read

EinsumDense = keras.layers.EinsumDense
PATTERNS = [
    {},
    {"sparsity_m_by_n": (2, 4)},
    {"block_size": (4, 1)},
    {"block_size": (2, 2), "block_pooling_type": "MAX"},
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
@pytest.mark.parametrize(
    "equation, output, given, matrix",
    [
        ("abc,cde->abde", (None, 2, 3), (5, 8), (8, 6)),
        ("abcd,cde->abe", (None, 5), (5, 2, 6), (12, 5)),
        ("abcd,cdef->abef", (None, 2, 4), (5, 2, 6), (12, 8)),
    ],
)
def test_masks_are_those_of_the_dense_layer_of_the_same_product(
    equation, output, given, matrix, pattern
):
    # A Dense layer's are TF-MOT's own to the bit: test_prune_low_magnitude_oracle.
    schedule = PolynomialDecay(0.2, 0.7, begin_step=1, end_step=3, frequency=1)
    einsum = PrunedLayer(EinsumDense(equation, output), schedule, **pattern)
    dense = PrunedLayer(keras.layers.Dense(matrix[1], use_bias=False), schedule, **pattern)
    inputs = np.random.default_rng(0).normal(size=(2, *given)).astype("float32")
    rows = inputs.reshape(10, matrix[0])
    einsum.build(inputs.shape)
    dense.build(rows.shape)
    for step in range(3):
        weights = np.random.default_rng(step).normal(size=matrix).astype("float32")
        einsum.kernels[0].assign(weights.reshape(einsum.kernels[0].shape))
        dense.kernels[0].assign(weights)
        made = einsum(inputs, training=True)
        expected = dense(rows, training=True)
        mask = np.asarray(einsum.masks[0]).reshape(matrix)
        np.testing.assert_array_equal(mask, dense.masks[0])
        np.testing.assert_array_equal(einsum.thresholds[0], dense.thresholds[0])
        np.testing.assert_allclose(np.reshape(made, expected.shape), expected, atol=1e-5)
        assert 0 < mask.mean() < 1


@pytest.mark.slow
def test_groups_lie_along_what_the_file_sums_over(tmp_path):
    words = keras.Input((6, 8))
    x = keras.layers.MultiHeadAttention(2, 4, use_bias=False)(words, words)
    x = EinsumDense("abc,cde->abde", (None, 3, 5))(x)
    model = prune_low_magnitude(keras.Model(words, x), sparsity_m_by_n=(2, 4))
    model(np.ones((1, 6, 8), "float32"), training=True)
    to_tflite(strip_pruning(model), tmp_path / "x.tflite", "float32")
    contents = read(tmp_path / "x.tflite")
    products = [each for each in contents.operators if each.name == "FULLY_CONNECTED"]
    kernels = [contents.tensors[each.inputs[1]].data for each in products]
    assert sorted(kernel.shape for kernel in kernels) == [(8, 8)] * 4 + [(15, 8)]
    for kernel in kernels:
        # (outputs, inputs), as FULLY_CONNECTED holds it.
        zeros = (kernel.reshape(len(kernel), -1, 4) == 0).sum(-1)
        np.testing.assert_array_equal(zeros, 2)


def test_an_einsum_that_is_no_single_product_is_refused():
    # Another matrix at each place.
    layer = EinsumDense("abc,bcd->abd", (6, 4), name="each")
    with pytest.raises(ValueError) as caught:
        PrunedLayer(layer, PolynomialDecay(0, 0.5, 0, 9), sparsity_m_by_n=(2, 4)).build(
            (None, 6, 8)
        )
    assert str(caught.value) == (
        "Sparsity 2:4 is laid out on kernels of two or four axes, and on those of an EinsumDense "
        "that is one matrix product, only. Received: layer 'each' with a kernel of shape (6, 8, "
        "4). Leave it out by a `pruning_policy`, or choose the layers through "
        "`keras.models.clone_model`."
    )


def test_without_a_matrix_it_is_tfmots_own():
    assert pruning_on(None) is _tfmot.Pruning
    assert issubclass(pruning_on((4, 2)), _tfmot.Pruning)
