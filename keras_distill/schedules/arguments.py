"""What the schedules accept, checked when they are made, and the way between two steps."""

import math
import numbers

from keras import ops


def is_number(value):
    """Whether `value` is a finite number, of Python or NumPy."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return real and math.isfinite(value)


def is_count(value, lowest):
    """Whether `value` is a whole number of `lowest` or more."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    return whole and value >= lowest


def checked_value(name, value):
    """`value` as a float of 0 or more; ValueError says what else came."""
    if not is_number(value) or value < 0:
        raise ValueError(f"`{name}` must be a number of 0 or more. Received: {name}={value!r}.")
    return float(value)


def checked_count(name, value, lowest):
    """`value` as an int of `lowest` or more."""
    if not is_count(value, lowest):
        raise ValueError(
            f"`{name}` must be a whole number of training steps, {lowest} or more. "
            f"Received: {name}={value!r}."
        )
    return int(value)


def progress(step, begin_step, steps):
    """Share of the way that is done: 0 until `begin_step`, 1 from `steps` later on.

    Args:
        step: int or integer tensor, also inside a compiled step.
        begin_step: Where the way begins.
        steps: How long it is.

    Returns:
        float32 tensor of the shape of `step`.
    """
    # No branch in Python: `step` is a tensor without a value while a step is compiled.
    done = (ops.cast(step, "float32") - begin_step) / steps
    return ops.clip(done, 0.0, 1.0)


def between(initial_value, final_value, share):
    """`initial_value` at share 0, `final_value` at share 1, each to its last bit."""
    return (1.0 - share) * initial_value + share * final_value
