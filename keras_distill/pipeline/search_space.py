"""What a configuration says is searched, in the words of `kd.search.HyperDistiller`."""

from keras_distill.search.loss_choices import LossChoices

_VALUES = ("temperature", "student_loss_weight", "learning_rate")


def search_space(configuration, settings):
    """Ranges, losses and the point that is tried first.

    Args:
        configuration: A `Configuration` or `TransferConfiguration`.
        settings: Its section `search`.

    Returns:
        Arguments of `HyperDistiller`.

    Raises:
        ValueError: What stands under `distillation` is not among what is searched, there
            is no distillation, or a loss does not exist.
    """
    own = configuration.distillation
    if own is None:
        raise ValueError(
            "`keras-distill search` finds the values of `distillation`. Received: a configuration "
            "with `distillation: null`. Leave that out, or give it epochs."
        )
    arguments, default = {}, {}
    for name in _VALUES:
        ends, value = getattr(settings, name), getattr(own, name)
        if ends is None:
            arguments[name] = value
            continue
        if not ends[0] <= value <= ends[1]:
            raise ValueError(
                f"`search.{name}` must hold `distillation.{name}`, which is tried first to compare "
                f"with. Received: {ends} and {value!r}. Widen the one, or change the other."
            )
        arguments[name], default[name] = tuple(ends), value
    named = [own.losses] if own.losses is not None else None
    alternatives = settings.losses or named or ["soft_targets"]
    choices = LossChoices(alternatives)
    if len(set(choices.labels)) > 1:
        default["distillation_loss"] = choices.labels[0]
    if own.losses is not None:
        label = LossChoices(named).labels[0]
        if label not in choices.labels:
            raise ValueError(
                "`search.losses` must hold `distillation.losses`, which is tried first to compare "
                f"with. Received: {settings.losses!r} and {own.losses!r}."
            )
        default["distillation_loss"] = label
    if not choices.with_temperature():
        default.pop("temperature", None)
    arguments["distillation_losses"] = alternatives
    arguments["distillation_loss_weights"] = (
        1.0 if settings.loss_weights is None else tuple(settings.loss_weights)
    )
    return {**arguments, "default": default}
