"""unit_length: length 1 at every size, nothing wild at zero."""

import numpy as np
import pytest
from keras import ops

from keras_distill.losses.unit_length import unit_length


@pytest.mark.parametrize("scale", [1e-10, 1.0, 1e30])
def test_length_one_and_the_gradient_of_float64(scale, value_and_gradient):
    rng = np.random.default_rng(0)
    x, slope = rng.normal(size=(2, 4, 5))
    values, gradient = value_and_gradient(
        lambda each: unit_length(each) * ops.cast(slope, "float32"), (x * scale).astype("float32")
    )
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    u = x / length
    np.testing.assert_allclose(values, u * slope, rtol=1e-5, atol=1e-6)
    wanted = (slope - u * (u * slope).sum(-1, keepdims=True)) / length
    np.testing.assert_allclose(gradient * scale, wanted, rtol=1e-4, atol=1e-5)


def test_zeros_stay_zeros_with_gradient_zero(value_and_gradient):
    x = np.array([[0.0, 0.0], [3.0, 4.0]], "float32")
    values, gradient = value_and_gradient(unit_length, x)
    np.testing.assert_allclose(values, [[0, 0], [0.6, 0.8]], rtol=1e-6)
    np.testing.assert_array_equal(gradient[0], 0.0)
    both = unit_length(np.array([[[3.0], [4.0]]], "float32"), axis=(1, 2))
    np.testing.assert_allclose(both, [[[0.6], [0.8]]], rtol=1e-6)
