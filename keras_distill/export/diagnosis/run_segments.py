"""A file run step by step, some steps in its integers, the others in float."""


def run_segments(steps, given, in_float):
    """Runs the steps of a file on one batch.

    Args:
        steps: `Segment`s, in the order they run.
        given: {tensor: float array} of the file's inputs.
        in_float: Function of a step: whether it runs as in the float file.

    Returns:
        {tensor: float array} of everything that the steps made.
    """
    values = dict(given)
    for step in steps:
        fed = [values[i] for i in step.inputs]
        made = step.reference(fed) if in_float(step) else step.quantized(fed)
        values.update(zip(step.outputs, made, strict=True))
    return values


def run_onwards(steps, values, changed):
    """What a change of some tensors makes of the steps after it, all in float.

    Args:
        steps: The `Segment`s after the change.
        values: {tensor: float array} of the run without it.
        changed: {tensor: float array} of what it changed.

    Returns:
        {tensor: float array} of all that differs.
    """
    changed = dict(changed)
    for step in steps:
        if any(i in changed for i in step.inputs):
            made = step.reference([changed.get(i, values[i]) for i in step.inputs])
            changed.update(zip(step.outputs, made, strict=True))
    return changed
