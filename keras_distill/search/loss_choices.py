"""Which distillation losses are tried: alternatives, each one loss or several together."""

import inspect
import re

import keras

from keras_distill.distillation.distillation_terms import term_names
from keras_distill.losses.loss_by_name import loss_by_name

SEPARATOR = "+"


class LossChoices:
    """The alternatives by name; each trial is given losses of its own.

    Args:
        losses: A name (as in `loss_by_name`) or a loss; or a list of alternatives, each of
            which is a name, a loss, or a list of those that are used together.

    Raises:
        ValueError: There is no such name, or nothing at all.
        TypeError: Something other than names and losses was given.
    """

    def __init__(self, losses):
        alternatives = list(losses) if isinstance(losses, (list, tuple)) else [losses]
        if not alternatives or any(each in ([], ()) for each in alternatives):
            raise ValueError(
                "`distillation_losses` must hold at least one loss. Received: "
                f"distillation_losses={losses!r}. Leave it out for 'soft_targets'."
            )
        self._alternatives = {}
        for each in alternatives:
            together = [_loss(one) for one in (each if isinstance(each, (list, tuple)) else [each])]
            label = SEPARATOR.join(_terms(together))
            count = sum(other.split(":")[0] == label for other in self._alternatives)
            self._alternatives[label if not count else f"{label}:{count + 1}"] = together

    @property
    def labels(self):
        """The alternatives' names, such as `"soft_targets+feature_hint"`."""
        return list(self._alternatives)

    def with_temperature(self):
        """Names of the alternatives whose losses have a temperature."""
        return [
            label
            for label, losses in self._alternatives.items()
            if any(map(_has_temperature, losses))
        ]

    def default_temperature(self):
        """The first alternative's own, or that of the first one that has any."""
        for losses in self._alternatives.values():
            for loss in filter(_has_temperature, losses):
                if not callable(loss.temperature):
                    return float(loss.temperature)
        return 4.0

    def weighted_terms(self):
        """{term: names of alternatives} of what is weighed against an alternative's first loss."""
        found = {}
        for label, losses in self._alternatives.items():
            for term in _terms(losses)[1:]:
                found.setdefault(term, []).append(label)
        return found

    def terms(self, label):
        """Names of the losses of one alternative."""
        return _terms(self._alternatives[label])

    def make(self, label, temperature=None):
        """New losses of one alternative, at a temperature (`None`: each at its own)."""
        return [_copy(loss, temperature) for loss in self._alternatives[label]]


def _loss(given):
    if isinstance(given, str):
        return loss_by_name(given)
    if not isinstance(given, keras.layers.Layer) or not hasattr(given, "teacher_layer_name"):
        raise TypeError(
            "`distillation_losses` must hold names such as 'soft_targets', or losses of kd.losses. "
            f"Received: {given!r} of type {type(given).__name__}."
        )
    return given


def _terms(losses):
    """One name for each loss: that of its metric in a Distiller, without `_loss`."""
    return [re.sub(r"_loss(?=_\d+$|$)", "", name) for name in term_names(losses)]


def _has_temperature(loss):
    return "temperature" in inspect.signature(type(loss)).parameters


def _copy(loss, temperature):
    """A loss holds weights once it is built: no two trials may share one."""
    config = loss.get_config()
    if temperature is not None and _has_temperature(loss):
        config["temperature"] = temperature
    return type(loss).from_config(config)
