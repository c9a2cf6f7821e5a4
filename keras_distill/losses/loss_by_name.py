"""A loss of this room by its name, as configurations and searches name it."""

import difflib
import inspect


def loss_by_name(name, **arguments):
    """Makes a loss out of the name of its class, written as in Python or as its file is.

    Args:
        name: Such as `"SoftTargets"` or `"soft_targets"`.
        **arguments: Of the class; those that it does not take are left out.

    Returns:
        A new `DistillationLoss`.

    Raises:
        ValueError: There is no such loss, or it needs more than that, such as layers.
    """
    classes = _classes()
    by_name = {**classes, **{each.__name__: each for each in classes.values()}}
    if name not in by_name:
        near = difflib.get_close_matches(str(name).lower(), classes, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"There is no loss of the name {name!r} in kd.losses.{hint} "
            f"Expected one of: {', '.join(classes)}."
        )
    loss = by_name[name]
    taken = inspect.signature(loss).parameters
    arguments = {key: value for key, value in arguments.items() if key in taken}
    missing = [
        key
        for key, each in taken.items()
        if each.default is each.empty and each.kind != each.VAR_KEYWORD and key not in arguments
    ]
    if missing:
        needed = " and ".join(f"`{key}`" for key in missing)
        raise ValueError(
            f"{loss.__name__} needs {needed}, which a name alone does not say. In Python, pass "
            f"kd.losses.{loss.__name__}(...) itself."
        )
    return loss(**arguments)


def _classes():
    """{name of the file: class} of every loss that the room hands out."""
    from keras_distill import losses

    abstract = (losses.DistillationLoss, losses.ResponseLoss)
    found = [getattr(losses, name) for name in sorted(dir(losses))]
    return {
        each.__module__.rsplit(".", 1)[-1]: each
        for each in found
        if inspect.isclass(each)
        and issubclass(each, losses.DistillationLoss)
        and each not in abstract
    }
