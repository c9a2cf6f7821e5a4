"""What is searched: a pair of ends; and what stays: a number."""

# What is accepted, in words, and the highest of it; 0 itself only for LINEAR ones.
BOUNDS = {
    "temperature": ("above 0 and at most 1000", 1000.0),
    "student_loss_weight": ("from 0 to 1", 1.0),
    "learning_rate": ("above 0 and at most 10", 10.0),
    "distillation_loss_weights": ("above 0 and at most 1000000", 1e6),
}
# Steps of equal ratio are of equal interest in all but the weight of the labels.
LINEAR = ("student_loss_weight",)


def checked_range(name, value):
    """A number as it is, or a pair of ends as two floats, the lower first.

    Args:
        name: Which one, a key of `BOUNDS`.
        value: A number (it is not searched) or two.

    Raises:
        ValueError: It is neither, or outside of what the `Distiller` accepts.
    """
    words, _ = BOUNDS[name]
    pair = isinstance(value, (list, tuple))
    ends = list(value) if pair else [value]
    inside = all(_is_number(end) and _inside(name, end) for end in ends)
    if not inside or (pair and (len(ends) != 2 or ends[0] >= ends[1])):
        raise ValueError(
            f"`{name}` must be two numbers {words}, the lower one first, to search between, or one "
            f"number to keep. Received: {name}={value!r}."
        )
    return tuple(float(end) for end in ends) if pair else float(value)


def is_searched(ends):
    """Whether these are two ends, and no number that is kept."""
    return isinstance(ends, tuple)


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _inside(name, value):
    _, highest = BOUNDS[name]
    return (value >= 0 if name in LINEAR else value > 0) and value <= highest
