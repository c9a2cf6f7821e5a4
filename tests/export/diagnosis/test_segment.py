"""One step in integers and in float, against the arithmetic by hand."""

import numpy as np

from keras_distill.export.contents.tflite_contents import TFLiteTensor
from keras_distill.export.diagnosis.segment import Segment
from keras_distill.export.diagnosis.segments import segments


def test_the_rounding_of_an_input():
    tensors = [TFLiteTensor("x", (1, 3), "int8", (0.5,), (0,), None)]
    step = Segment("INPUT", (0,), (0,), tensors, None, None, (0,))
    value = np.array([[0.24, 0.26, 100.0]], "float32")
    assert step.reference([value])[0] is value
    # Halves of a step go away from zero; 127 steps are the most.
    np.testing.assert_array_equal(step.quantized([value])[0], [[0.0, 0.5, 63.5]])


def test_a_convolution_is_at_most_a_step_off(healthy):
    _, reference, quantized = healthy
    steps, _ = segments(quantized, reference)
    step = next(step for step in steps if step.operator == "CONV_2D")
    value = np.random.default_rng(0).uniform(-1, 1, (1, 12, 12, 1)).astype("float32")
    fed = step.on_the_grid([value])
    assert 0 < np.abs(fed[0] - value).max() < 0.02
    operator, kernel, _ = step.kernel
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(fed[0][0, :, :, 0], 1), (3, 3))
    by_hand = np.maximum(np.einsum("hwij,oij->hwo", windows, kernel[..., 0]), 0)
    np.testing.assert_allclose(step.reference(fed)[0][0], by_hand, atol=1e-5)
    # The kernel is rounded too: nine products, each by half a step of 1/127 of its range.
    allowed = step.output.scale[0] + 9 * 0.5 / 127 * np.abs(kernel).max()
    assert np.abs(step.quantized([value])[0][0] - by_hand).max() < allowed
