"""Whether a loss survives being written to a file and read again."""

import inspect
import json

import keras


def loss_from_config(loss):
    """A loss made again from its config, after a trip through JSON.

    Args:
        loss: A `kd.losses.DistillationLoss`.

    Returns:
        The second loss, of the same config, not built.

    Raises:
        ValueError: The config leaves an argument out, cannot be written or read, or
            changes on the way.
    """
    name, config = type(loss).__name__, loss.get_config()
    for argument in inspect.signature(type(loss).__init__).parameters.values():
        named = argument.kind in (argument.POSITIONAL_OR_KEYWORD, argument.KEYWORD_ONLY)
        if named and argument.name != "self" and argument.name not in config:
            raise ValueError(
                f"{name}'s get_config must hold every argument of __init__. Received: a config "
                f"without '{argument.name}'. Return {{**super().get_config(), "
                f"'{argument.name}': self.{argument.name}}}."
            )
    try:
        written = json.dumps(keras.saving.serialize_keras_object(loss), sort_keys=True)
        with keras.saving.custom_object_scope({name: type(loss)}):
            again = keras.saving.deserialize_keras_object(json.loads(written))
        rewritten = json.dumps(keras.saving.serialize_keras_object(again), sort_keys=True)
    except (TypeError, ValueError, AttributeError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(
            f"{name}'s config must make the loss again after a trip through JSON. Received: "
            f"{reason[0]} Give get_config numbers, strings, lists, or Keras objects serialized "
            "with keras.saving.serialize_keras_object."
        ) from error
    was, now = (json.loads(each)["config"] for each in (written, rewritten))
    for key in sorted(set(was) | set(now)):
        if was.get(key) != now.get(key):
            raise ValueError(
                f"{name}'s config must be the same after a trip through JSON. Received: "
                f"'{key}' was {was.get(key)!r} and is {now.get(key)!r}. Let __init__ keep every "
                "argument as it comes."
            )
    return again
