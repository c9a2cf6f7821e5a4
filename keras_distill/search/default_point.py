"""The point that is tried first, to compare everything with."""

from keras_distill.search.ranges import is_searched

# The Distiller's and Keras's own.
STUDENT_LOSS_WEIGHT = 0.5
LEARNING_RATE = 1e-3
LOSS_WEIGHT = 1.0


def default_point(losses, ranges, given):
    """What a Distiller would be without a search, brought inside of what is searched.

    Args:
        losses: `LossChoices`.
        ranges: {name: two ends, or the number that is kept}.
        given: {name: value} that differ from the Distiller's own defaults.

    Returns:
        {name: value} of all of them.

    Raises:
        ValueError: A value given is unknown, not searched, or outside of its range.
    """
    usual = {
        "distillation_loss": losses.labels[0],
        "temperature": losses.default_temperature(),
        "student_loss_weight": STUDENT_LOSS_WEIGHT,
        "learning_rate": LEARNING_RATE,
    }
    unknown = sorted(given.keys() - {"distillation_loss", *ranges})
    if unknown:
        raise ValueError(
            "`default` holds values of what is searched: "
            f"{', '.join(('distillation_loss', *ranges))}. Received the unknown name "
            f"{unknown[0]!r}."
        )
    point = {"distillation_loss": given.get("distillation_loss", usual["distillation_loss"])}
    if point["distillation_loss"] not in losses.labels:
        _refuse("distillation_loss", f"one of {', '.join(map(repr, losses.labels))}", given)
    for name, ends in ranges.items():
        if not is_searched(ends):
            point[name] = ends
            if name in given:
                _refuse(name, f"left out: {ends!r} is kept in every trial", given)
        elif name in given:
            point[name] = given[name]
            if not isinstance(given[name], (int, float)) or not ends[0] <= given[name] <= ends[1]:
                _refuse(name, f"from {ends[0]:g} to {ends[1]:g}, the range searched", given)
        else:
            point[name] = min(max(usual.get(name, LOSS_WEIGHT), ends[0]), ends[1])
    return point


def _refuse(name, expected, given):
    raise ValueError(
        f"`default` is the point that is tried first. Expected `{name}` to be {expected}. "
        f"Received: {given[name]!r}."
    )
