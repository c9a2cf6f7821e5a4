"""Signal to noise, clipping and spread, worked by hand."""

import types

import numpy as np
import pytest

from keras_distill.export.contents.tflite_contents import TFLiteTensor
from keras_distill.export.diagnosis.step_statistics import StepStatistics, grid


def tensor(scale=(0.5,), zero_point=(-28,)):
    return TFLiteTensor("x", (1, 2), "int8", scale, zero_point, None)


def statistics(kernel=None, **options):
    step = types.SimpleNamespace(output=tensor(**options), kernel=kernel)
    return StepStatistics(step, 1)


def test_the_grid_of_an_int8_tensor():
    # (-128 + 28) / 2 and (127 + 28) / 2.
    assert grid(tensor()) == (0.5, -50.0, 77.5)
    assert grid(tensor(scale=(), zero_point=())) == (0.0, 0.0, 0.0)


def test_signal_to_noise_over_batches():
    counted = statistics()
    counted.add(np.array([[3.0, 4.0]]), np.array([[3.0, 4.5]]))
    counted.add(np.array([[0.0, 5.0]]), np.array([[0.5, 5.0]]))
    # 50 against 0.5.
    assert counted.snr_db == pytest.approx(20.0)
    assert (counted.low, counted.high) == (0.0, 5.0)


def test_what_is_clipped_lies_more_than_a_step_outside():
    counted = statistics()
    values = np.array([[-50.6, -50.4, 77.9, 78.1]])
    counted.add(values, values)
    assert counted.saturated == 0.5


def test_what_falls_on_zero_without_being_zero():
    counted = statistics()
    values = np.array([[0.0, 0.2, -0.2, 0.3, 4.0]])
    counted.add(values, values)
    assert counted.rounded_to_zero == 0.5


def test_its_own_error_and_what_it_does_to_the_answer():
    counted = statistics()
    counted.add_own(np.array([10.0]), np.array([1.0]), np.array([4.0]))
    assert counted.local_snr_db == pytest.approx(20.0)
    assert counted.output_snr_db([400.0]) == pytest.approx(20.0)


def test_the_widest_channel_over_the_median_one():
    counted = statistics()
    counted.add(np.array([[1.0, -2.0, 3.0]]), np.zeros((1, 3)))
    counted.add(np.array([[1.0, 2.0, -100.0]]), np.zeros((1, 3)))
    assert counted.channel_spread == 50.0


def test_kernels_output_and_input_channels():
    # TFLite keeps a convolution's kernel as output, height, width, input channels.
    kernel = np.array([[4.0, -8.0], [1.0, 0.5]]).reshape(2, 1, 1, 2)
    counted = statistics(kernel=("CONV_2D", kernel, 2))
    assert counted.kernel_spread == 8.0 and counted.kernel_input_spread == 2.0
    counted = statistics(kernel=("DEPTHWISE_CONV_2D", kernel.reshape(1, 2, 1, 2), 2))
    assert counted.kernel_spread == 2.0 and counted.kernel_input_spread is None
    assert statistics().kernel_spread is None
