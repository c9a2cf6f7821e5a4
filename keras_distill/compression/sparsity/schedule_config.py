"""A pruning schedule of TF-MOT in a Keras configuration, and back."""

import keras

from keras_distill import _tfmot


def schedule_to_config(schedule):
    """A schedule as a plain dict."""
    # TF-MOT's own {"class_name", "config"} would read as a Keras object with no module.
    name = keras.saving.get_registered_name(type(schedule))
    return {"schedule": name, "arguments": schedule.get_config()["config"]}


def schedule_from_config(config, layer_name):
    """The schedule that `schedule_to_config` wrote.

    Raises:
        ValueError: for a schedule of the user's own whose class is not registered.
    """
    name = config["schedule"]
    if name in ("ConstantSparsity", "PolynomialDecay"):
        kind = getattr(_tfmot, name)
    else:
        kind = keras.saving.get_registered_object(name)
    if kind is None:
        raise ValueError(
            f"The pruning schedule {name!r} of layer {layer_name!r} is not known here. "
            "Register its class with `@keras.saving.register_keras_serializable()` and import "
            "it before loading the model."
        )
    return kind(**config["arguments"])
