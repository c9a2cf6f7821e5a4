import keras
import numpy as np
import pytest

from keras_distill.compression import QuantizedLayer


def quantizer(layer, kind, shape, **options):
    wrapper = QuantizedLayer(layer, kind, **options)
    wrapper.build(shape)
    return wrapper.kernel_quantizer


@pytest.mark.parametrize("kind, layer, shape, scales", [
    ("per_tensor", keras.layers.Dense(5), (None, 4), ()),
    ("per_channel", keras.layers.Conv2D(5, 3), (None, 8, 8, 2), (5,)),
    ("per_channel", keras.layers.Conv1D(5, 3), (None, 8, 2), (5,)),
    ("per_output_channel", keras.layers.DepthwiseConv2D(3, depth_multiplier=2),
     (None, 8, 8, 3), (6,)),
])  # fmt: skip
def test_as_many_scales_as_slices_and_127_levels_each(kind, layer, shape, scales):
    kernel = quantizer(layer, kind, shape)
    assert kernel.low.shape == kernel.high.shape == scales
    fake = np.asarray(kernel.fake(training=True))
    low, high = kernel.range()
    np.testing.assert_array_equal(low, -high)
    values = np.asarray(layer.kernel)
    slices = max(1, int(np.prod(scales)))
    expected = np.abs(values.reshape(-1, slices)).max(0)
    np.testing.assert_allclose(np.ravel(high), expected, rtol=1e-6)
    codes = fake.reshape(-1, slices) / (expected / 127)
    np.testing.assert_allclose(codes, np.round(codes), atol=1e-3)
    wanted = np.round(values.reshape(-1, slices) / (expected / 127))
    np.testing.assert_array_equal(np.round(codes), wanted)


def test_range_of_the_last_training_step_or_of_the_kernel_now():
    for bits, expected in ((8, 2.0), (None, 3.0)):
        layer = keras.layers.Dense(1, use_bias=False)
        kernel = quantizer(layer, "per_tensor", (None, 2), activation_bits=bits)
        layer.kernel.assign([[2.0], [1.0]])
        kernel.fake(training=True)
        layer.kernel.assign([[3.0], [1.0]])
        np.testing.assert_allclose(kernel.range()[1], expected, rtol=1e-6)
        np.testing.assert_allclose(np.max(kernel.fake()), expected, rtol=1e-6)


def test_zeros_of_the_moment_stay():
    layer = keras.layers.Dense(1, use_bias=False)
    kernel = quantizer(layer, "per_tensor", (None, 3), preserve_sparsity=True)
    layer.kernel.assign([[0.0], [0.5], [0.0]])
    kernel.keep_zeros()
    layer.kernel.assign([[0.7], [0.5], [-0.9]])
    np.testing.assert_allclose(kernel.fake(training=True), [[0.0], [0.5], [0.0]], atol=1e-6)
