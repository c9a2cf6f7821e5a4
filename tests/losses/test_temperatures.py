"""A temperature is a number above 0 or a function of the step."""

import re

import keras
import pytest

from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)


def test_numbers_and_functions_of_the_step():
    schedule = keras.optimizers.schedules.ExponentialDecay(8.0, 10, 0.5)
    assert temperature_at(checked_temperature(3), 10) == 3
    assert float(temperature_at(checked_temperature(schedule), 10)) == pytest.approx(4.0)
    assert temperature_config(3) == 3
    assert temperature_config(schedule)["class_name"] == "ExponentialDecay"


@pytest.mark.parametrize("value", [0, -1.0, float("inf"), float("nan"), True, "2", None])
def test_what_is_no_temperature(value):
    sentence = (
        "`temperature` must be a number above 0 or a function of the step. "
        f"Received: temperature={value!r}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        checked_temperature(value)
