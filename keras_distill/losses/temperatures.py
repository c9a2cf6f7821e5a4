"""A temperature: a number above 0, or a function of the step."""

import keras


def checked_temperature(temperature):
    """The temperature as it came; ValueError when it is none."""
    fits = isinstance(temperature, (int, float)) and 0 < temperature < float("inf")
    if not callable(temperature) and (isinstance(temperature, bool) or not fits):
        raise ValueError(
            "`temperature` must be a number above 0 or a function of the step. "
            f"Received: temperature={temperature!r}."
        )
    return temperature


def temperature_at(temperature, step):
    """The number that a temperature is at a step."""
    return temperature(step) if callable(temperature) else temperature


def temperature_config(temperature):
    """What `get_config` writes for a temperature."""
    return (
        keras.saving.serialize_keras_object(temperature) if callable(temperature) else temperature
    )
