"""Builds a graph again with other layers, whatever channels reach them now."""

import keras


def is_graph(model):
    """Whether a layer is a model whose layers and their order are known."""
    return isinstance(model, keras.Sequential) or hasattr(model, "_nodes_by_depth")


def clone_graph(model, make, later=lambda layer: False, arguments=None):
    """`model` with each layer replaced, built on inputs shaped like `arguments`.

    Unlike `keras.models.clone_model` it rebuilds nested models on what reaches them,
    because their own inputs can be narrower now, and leaves the new model uncompiled.

    Args:
        model: A built Functional or Sequential model.
        make: From a layer to the new one; also given the number of channels that reaches
            it where `later` says so, and in a Sequential model.
        later: Whether a layer must be made only when it is known what reaches it.
            Defaults to no layer.
        arguments: What the new model is built for, a list of tensors. Defaults to inputs
            like the model's.

    Returns:
        A model of the same names, with fresh weights. A frozen model stays frozen.
    """
    clone = _sequential if isinstance(model, keras.Sequential) else _functional
    new = clone(model, make, later, arguments)
    if not model.trainable:
        # Never the other way round: that would thaw frozen layers inside.
        new.trainable = False
    return new


def _sequential(model, make, later, arguments):
    old, new = model.inputs[0], (arguments or model.inputs)[0]
    name = old._keras_history[0].name
    x = inputs = keras.Input(batch_shape=new.shape, dtype=old.dtype, name=name)
    clones = []
    for layer in model.layers:
        if is_graph(layer):
            clones.append(clone_graph(layer, make, later, [x]))
        else:
            clones.append(make(layer, x.shape[-1]))
        x = clones[-1](x)
    return keras.Sequential([inputs, *clones], name=model.name)


def _functional(model, make, later, arguments):
    inner = {}

    def replaced(layer):
        if is_graph(layer) or later(layer):
            return layer
        if not isinstance(layer, keras.Layer):  # x + 1 and its like
            return type(layer).from_config(layer.get_config())
        return make(layer)

    def called(layer, *args, **kwargs):
        if is_graph(layer) or later(layer):
            if id(layer) not in inner:
                given = keras.tree.flatten(args)
                if is_graph(layer):
                    inner[id(layer)] = clone_graph(layer, make, later, given)
                else:
                    inner[id(layer)] = make(layer, given[0].shape[-1])
            layer = inner[id(layer)]
        return layer(*args, **kwargs)

    inputs = [
        keras.Input(batch_shape=new.shape, dtype=old.dtype, name=old._keras_history[0].name)
        for old, new in zip(model.inputs, arguments or model.inputs, strict=True)
    ]
    inputs = keras.tree.pack_sequence_as(model.input, inputs)
    # Not `keras.models.clone_model`: it compiles the copy of a compiled model, and fails where
    # that was compiled with a loss that no registry knows.
    outputs = model._run_through_graph(inputs, operation_fn=replaced, call_fn=called)
    return keras.Model(inputs, outputs, name=model.name)
