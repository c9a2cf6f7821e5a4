import keras
import numpy as np
import pytest

from keras_distill.schedules.arguments import between, checked_count, checked_value, progress


def test_numbers_of_numpy_become_plain_ones():
    assert type(checked_value("value", np.float32(0.5))) is float
    assert type(checked_count("steps", np.int64(3), 1)) is int


@pytest.mark.parametrize("value", [-0.5, float("nan"), float("inf"), True, "1", None])
def test_what_is_no_value(value, refuses):
    refuses(
        lambda: checked_value("final_value", value),
        f"`final_value` must be a number of 0 or more. Received: final_value={value!r}.",
    )


@pytest.mark.parametrize("value", [0, -1, 2.0, True, "3", None])
def test_what_is_no_number_of_steps(value, refuses):
    refuses(
        lambda: checked_count("steps", value, 1),
        f"`steps` must be a whole number of training steps, 1 or more. Received: steps={value!r}.",
    )


def test_progress_is_held_at_both_ends():
    steps = keras.ops.convert_to_tensor([-5, 0, 10, 15, 20, 10**9], "int32")
    np.testing.assert_array_equal(progress(steps, 10, 10), [0, 0, 0, 0.5, 1, 1])


def test_both_ends_are_met_to_the_last_bit():
    assert between(0.1, 0.7, np.float32(1.0)) == 0.7
    assert between(0.1, 0.7, np.float32(0.0)) == 0.1
