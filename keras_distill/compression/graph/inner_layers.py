"""What a composite layer is made of, by path."""

import functools

import keras

# Keras's own wrappers and recurrent layers run what they hold in loops of their own.
_KEPT_WHOLE = (
    keras.layers.Bidirectional,
    keras.layers.Pipeline,
    keras.layers.RNN,
    keras.layers.Wrapper,
)


def inner_layers(layer):
    """The layers inside a composite one, those inside those included.

    Args:
        layer: a layer, built or not.

    Returns:
        {path: layer}. A path is made of the attributes that hold the layers, as the weights
        file of Keras is, so it is the same in a copy: "attention/_query_dense", "blocks/0".
    """
    found = {}
    _walk(layer, "", found, {id(layer)})
    return found


def is_composite(layer):
    """Whether layers hide inside the layer, and can be reached one by one."""
    if isinstance(layer, _KEPT_WHOLE) and type(layer).__module__.startswith("keras."):
        return False
    return bool(inner_layers(layer))


def outermost_paths(layer, is_chosen):
    """The paths of a composite's inner layers that are chosen, the outermost where they nest.

    Args:
        layer: the composite layer.
        is_chosen: function of an inner layer that is built.
    """
    inner = inner_layers(layer).items()
    # One that is not built is never called: there is nothing in it to compress.
    paths = [path for path, one in inner if one.built and is_chosen(one)]
    return [path for path in paths if not any(path.startswith(f"{outer}/") for outer in paths)]


def named_paths(layer):
    """{path: path as people read it}: made of the layers' names where these tell them apart."""
    readable = {}
    inner = inner_layers(layer)
    for path, one in inner.items():
        parent, _, attribute = path.rpartition("/")
        while parent and parent not in inner:
            parent, _, rest = parent.rpartition("/")
            attribute = f"{rest}/{attribute}"
        siblings = [
            other.name
            for there, other in inner.items()
            if there != path and _owner(there, inner) == parent
        ]
        name = attribute if one.name in siblings else one.name
        readable[path] = f"{readable[parent]}/{name}" if parent else name
    return readable


def _owner(path, inner):
    parent = path.rpartition("/")[0]
    while parent and parent not in inner:
        parent = parent.rpartition("/")[0]
    return parent


def _walk(held, path, found, seen):
    if isinstance(held, keras.Layer) and path:
        found[path] = held
    if isinstance(held, keras.Model) and hasattr(held, "operations"):
        children = [(layer.name, layer) for layer in held.layers]
    elif isinstance(held, keras.Layer):
        # Sorted: the order of attributes may differ between a model and its copy.
        children = [(key, vars(held)[key]) for key in sorted(vars(held).keys() - _bookkeeping())]
    elif isinstance(held, dict):
        children = sorted((str(key), value) for key, value in held.items())
    else:
        children = [(str(index), value) for index, value in enumerate(held)]
    for key, value in children:
        if isinstance(value, keras.Layer | list | tuple | dict) and id(value) not in seen:
            seen.add(id(value))
            _walk(value, f"{path}/{key}" if path else key, found, seen)


@functools.cache
def _bookkeeping():
    """The attributes that Keras and TensorFlow keep in every layer that holds another."""
    probe = keras.layers.Wrapper(keras.layers.Layer(name="held"), name="probe")
    return frozenset(vars(probe)) - {"layer"}
