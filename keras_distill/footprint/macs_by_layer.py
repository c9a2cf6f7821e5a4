"""How much each layer of a model multiplies for one example."""

from keras import layers

from keras_distill.footprint.macs import calls, macs_of_call, unwrapped

# Their weights of several axes are looked up or multiplied once, not summed over.
_NO_KERNEL = (layers.Embedding, layers.PReLU)


def macs_by_layer(model):
    """Multiply-accumulate operations of each layer, by its path.

    What `kd.footprint.macs` adds up. A layer that is called several times counts each time.

    Args:
        model: A built Functional or Sequential `keras.Model`.

    Returns:
        `{path: number}` in the order of the graph, nested models opened
        (`"backbone/conv_1"`): 0 for what has no kernel, `None` where the image size is not
        known and for recurrent, attention and other layers whose kernels `macs` does not count.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="head")])
    assert kd.footprint.macs_by_layer(model) == {"head": 32}
    ```
    """
    return add_up(calls(model))


def add_up(calls):
    """{path: number} of calls, each a (path, layer, input shape, output shape)."""
    found = {}
    for path, layer, given, made in calls:
        try:
            number = macs_of_call(layer, given, made)
        except ValueError:
            number = None
        if number == 0 and _has_kernel(unwrapped(layer)):
            number = None
        before = found.get(path, 0)
        found[path] = None if None in (number, before) else before + number
    return found


def _has_kernel(layer):
    known = isinstance(layer, _NO_KERNEL)
    return not known and any(len(weight.shape) > 1 for weight in getattr(layer, "weights", ()))
