"""The range of generated examples; what is converted is tested in test_to_tflite."""

import numpy as np
import pytest

from keras_distill.export.conversion.convert import _range


def test_range_of_a_quantized_input_is_what_it_can_hold():
    tensor = {"dtype": np.int8, "quantization": (2 / 255, -1)}
    assert _range(tensor) == pytest.approx((-254 / 255, 256 / 255))


def test_range_of_a_float_input():
    assert _range({"dtype": np.float32, "quantization": (0.0, 0)}) == (0.0, 1.0)
