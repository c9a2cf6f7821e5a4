"""Run a layer with other values in the place of some of its weights."""

import contextlib

import keras


@contextlib.contextmanager
def substituted_weights(layer, values, losses=True):
    """Let variables have other values for as long as a layer's own code runs.

    Gradients flow into these values. Everything else is as without: what the layer assigns
    (counters, statistics, states of random numbers) is assigned, and what it adds by
    `add_loss` is among its losses. Regularizers of weights are Keras's business, outside: they
    see the variables themselves.

    Args:
        layer: the layer that is called inside.
        values: pairs of a `keras.Variable` and its value, a tensor of the same shape.
        losses: whether the losses of the call are kept. Defaults to `True`.
    """
    values = list(values)
    if losses and not values:
        yield
        return
    scope = _Scope(values, collect_losses=True)
    with scope:
        yield
    for variable, value in scope.assigned.values():
        variable.assign(value)
    for loss in scope.losses if losses else ():
        layer.add_loss(loss)


class _Scope(keras.StatelessScope):
    """Remembers which variables were assigned, also those that no layer knows of."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.assigned = {}

    def add_update(self, update):
        super().add_update(update)
        self.assigned[id(update[0])] = update

    def get_current_value(self, variable):
        value = super().get_current_value(variable)
        if value is None and self.original_scope is not None:
            # As of a model's `stateless_call`.
            value = self.original_scope.get_current_value(variable)
        return value
