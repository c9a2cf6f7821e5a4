import threading

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_distill import _tfmot
from keras_distill.compression.quantization.activation_range import (
    calibration,
    hold_to_range,
    is_calibrating,
)


@pytest.fixture
def ends():
    return [keras.Variable(value, trainable=False) for value in (-6.0, 6.0)]


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("training", [False, True])
def test_equals_tfmots_quantizer(ends, bits, training):
    values = np.random.default_rng(0).normal(0, 3, 200).astype("float32")
    theirs = {"min_var": tf.Variable(-6.0), "max_var": tf.Variable(6.0)}
    symmetric = bits == 16
    quantizer = _tfmot.MovingAverageQuantizer(bits, False, symmetric, symmetric)
    expected = quantizer(tf.constant(values), training, theirs)
    np.testing.assert_array_equal(hold_to_range(values, *ends, bits, training), expected)
    np.testing.assert_array_equal(ends, [theirs["min_var"], theirs["max_var"]])


def test_mean_in_a_calibration_and_the_moving_average_behind_it(ends):
    counts = {id(ends[0]): tf.Variable(0.0)}
    with calibration(counts):
        assert is_calibrating()
        for high in (2.0, 4.0, 9.0):
            hold_to_range(np.array([-1.0, high], "float32"), *ends, 8, False)
    assert not is_calibrating()
    np.testing.assert_allclose(ends, [-1.0, 5.0], rtol=1e-6)
    hold_to_range(np.array([-1.0, 9.0], "float32"), *ends, 8, False)
    np.testing.assert_allclose(ends, [-1.0, 5.0], rtol=1e-6)
    hold_to_range(np.array([-1.0, 9.0], "float32"), *ends, 8, True)
    np.testing.assert_allclose(ends, [-1.0, 5.004], rtol=1e-6)


def test_another_thread_is_left_alone(ends):
    seen = []
    with calibration({}):
        thread = threading.Thread(target=lambda: seen.append(is_calibrating()))
        thread.start()
        thread.join()
    assert seen == [False]


def test_ends_with_an_error(ends):
    with pytest.raises(KeyError), calibration({}):
        hold_to_range(np.zeros(2, "float32"), *ends, 8, False)
    assert not is_calibrating()
