import pytest

from keras_distill.compression.sparsity.sparsity_pattern import SparsityPattern

LEAVE_OUT = (
    "Leave it out by a `pruning_policy`, or choose the layers through `keras.models.clone_model`."
)


def test_what_it_says():
    assert str(SparsityPattern()) == ""
    assert str(SparsityPattern([4, 1])) == "(4, 1) blocks"
    assert str(SparsityPattern(sparsity_m_by_n=[2, 4])) == "2:4"
    assert SparsityPattern(sparsity_m_by_n=()).sparsity_m_by_n is None


def refused(*arguments):
    with pytest.raises(ValueError) as caught:
        SparsityPattern(*arguments)
    return str(caught.value)


@pytest.mark.parametrize("size", [(0, 1), (2, 2, 2), 4, (2.0, 1), "ab"])
def test_a_wrong_block(size):
    assert refused(size) == (
        "`block_size` is a pair (height, width) of integers, each at least 1. Received: "
        f"block_size={size!r}. Pass for example (4, 1), or (1, 1) for single weights."
    )


def test_a_wrong_pooling():
    assert refused((2, 2), "MEAN") == (
        "`block_pooling_type` is 'AVG' or 'MAX'. Received: block_pooling_type='MEAN'. Pass 'AVG' "
        "to compare blocks by their mean magnitude, 'MAX' by their largest."
    )


@pytest.mark.parametrize("pair", [(4, 2), (0, 4), (4, 4), (2,), 0.5])
def test_a_wrong_pair(pair):
    assert refused((1, 1), "AVG", pair) == (
        "`sparsity_m_by_n` is a pair (m, n) of integers with 0 < m < n: m zeros in every n "
        f"weights. Received: sparsity_m_by_n={pair!r}. Pass for example (2, 4)."
    )


def test_both():
    assert refused((2, 1), "AVG", (2, 4)) == (
        "`block_size` and `sparsity_m_by_n` exclude each other. Received: block_size=(2, 1), "
        "sparsity_m_by_n=(2, 4). Leave one of them at its default."
    )


def unfit(pattern, shape):
    with pytest.raises(ValueError) as caught:
        pattern.check_kernel("head", shape)
    message = str(caught.value)
    end = f" Received: layer 'head' with a kernel of shape {shape}. {LEAVE_OUT}"
    assert message.endswith(end)
    return message.removesuffix(end)


def test_kernels_that_fit():
    SparsityPattern().check_kernel("head", (3, 3, 1, 1))
    SparsityPattern((4, 1)).check_kernel("head", (6, 2))
    SparsityPattern(sparsity_m_by_n=(2, 4)).check_kernel("head", (3, 3, 8, 5))


def test_groups_that_do_not_divide():
    assert unfit(SparsityPattern(sparsity_m_by_n=(2, 4)), (3, 3, 6, 8)) == (
        "Sparsity 2:4 makes 2 zeros in every 4 weights along a kernel's last axis but one, whose "
        "length must be a multiple of 4."
    )


def test_matrices_of_a_product():
    SparsityPattern((4, 1)).check_kernel("head", (4, 2, 6), (8, 6))
    SparsityPattern(sparsity_m_by_n=(2, 4)).check_kernel("head", (2, 2, 5), (4, 5))
    with pytest.raises(ValueError) as caught:
        SparsityPattern(sparsity_m_by_n=(2, 4)).check_kernel("head", (6, 4, 2), (6, 8))
    assert str(caught.value) == (
        "Sparsity 2:4 makes 2 zeros in every 4 weights along a kernel's last axis but one, whose "
        "length must be a multiple of 4. Received: layer 'head' with a kernel of shape (6, 4, 2), "
        f"as a matrix (6, 8). {LEAVE_OUT}"
    )


def test_groups_in_three_axes():
    assert unfit(SparsityPattern(sparsity_m_by_n=(2, 4)), (3, 8, 8)) == (
        "Sparsity 2:4 is laid out on kernels of two or four axes, and on those of an EinsumDense "
        "that is one matrix product, only."
    )


def test_blocks_in_four_axes():
    assert unfit(SparsityPattern((2, 2)), (3, 3, 4, 8)) == (
        "Blocks are pruned in kernels of two axes, such as those of Dense layers, and in those of "
        "an EinsumDense that is one matrix product, only."
    )


@pytest.mark.parametrize("shape", [(4, 8), (8, 1), (3, 8)])
def test_blocks_as_long_as_the_kernel(shape):
    assert unfit(SparsityPattern((4, 1)), shape) == (
        "Blocks of (4, 1) are pruned in kernels that are longer than a block on both axes."
    )
