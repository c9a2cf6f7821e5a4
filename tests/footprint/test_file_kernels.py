"""Zeros counted in a file's own buffers: dense, quantized and packed."""

import numpy as np
import pytest

from keras_distill.footprint import FileKernels
from keras_distill.footprint.file_kernels import file_kernels


def test_the_zeros_that_were_put_there(files, kernel):
    expected = FileKernels(8192, 6144, "float32")
    assert np.sum(kernel == 0) == 6144
    assert file_kernels(files["sparse"]) == expected
    assert expected.sparsity == 0.75


def test_packed_kernels_count_as_they_unpack(files):
    assert files["packed"].stat().st_size < 0.6 * files["sparse"].stat().st_size
    assert file_kernels(files["packed"]) == FileKernels(8192, 6144, "float32")


def test_quantized(files, kernel):
    found = file_kernels(files["int8"])
    # Steps of 0.01 round what is nearer to zero than half a step to zero too.
    assert found == FileKernels(8192, int(np.sum(np.abs(kernel) < 0.005)), "int8")


def test_dense_and_none(files):
    assert file_kernels(files["dense"]) == FileKernels(8192, 0, "float32")
    none = file_kernels(files["flex"])
    assert none == FileKernels(0, 0, "") and none.sparsity == pytest.approx(0.0)
