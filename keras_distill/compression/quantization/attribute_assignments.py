"""What a `QuantizeConfig` assigns to a layer, carried out for the duration of a call only."""

import contextlib

import keras

from keras_distill.compression.graph.replaced_calls import replaced_calls


class AttributeAssignments:
    """Stands for a layer, and notes what is assigned to it: Keras 3's kernels take no tensor.

    Args:
        layer: the layer, whose attributes can be read here.
    """

    def __init__(self, layer):
        vars(self).update(_layer=layer, _noted={})

    def __getattr__(self, name):
        return getattr(self._layer, name)

    def __setattr__(self, name, value):
        self._noted[name] = value


@contextlib.contextmanager
def carried_out(assignments, by):
    """Give the layer the functions and plain values that were assigned, as long as it lasts.

    A function is replaced for this thread only, since `tf.distribute.MirroredStrategy` runs each
    replica in a thread of its own and lets another go on in the middle of a call. A plain value
    cannot be one in each thread: under several replicas it is refused.

    Args:
        assignments: an `AttributeAssignments`.
        by: the configuration that made them, for the message.

    Returns:
        What is left to do, pairs of a `keras.Variable` and the tensor to stand in its place.

    Raises:
        ValueError: for a plain value under a strategy of several replicas.
    """
    layer, variables = assignments._layer, []
    with contextlib.ExitStack() as stack:
        for name, value in assignments._noted.items():
            before = getattr(layer, name)
            if isinstance(before, keras.Variable):
                variables.append((before, value))
            elif callable(before) and callable(value) and name in vars(layer):
                stack.enter_context(replaced_calls({layer: _instead(value)}, name))
            else:
                _check_replicas(name, layer, by)
                stack.callback(setattr, layer, name, before)
                setattr(layer, name, value)
        yield variables


def _instead(function):
    return lambda original, *args, **kwargs: function(*args, **kwargs)


def _check_replicas(name, layer, by):
    import tensorflow as tf

    # Those of this process: the workers of a larger cluster share no layer.
    shared = tf.distribute.has_strategy() and tf.distribute.get_strategy().extended.worker_devices
    if shared and len(shared) > 1:
        raise ValueError(
            "Under a strategy of several replicas, a `QuantizeConfig` may set variables and "
            "functions of a layer only, which are another in each replica. Received: "
            f"{name!r} of layer {layer.name!r}, set by {type(by).__name__}. Set a function, for "
            "example the activation, or train without the strategy."
        )
