"""Build a model again with other layers in place of some, and the same weights."""

import keras

from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.layer_wrapper import LayerWrapper
from keras_distill.compression.graph.prerequisites import is_graph


def rebuild(model, replace, make_input=None):
    """A copy of a Functional or Sequential model, layer by layer.

    Args:
        model: the built model. It is left as it is.
        replace: function of a layer (not an input layer, not a nested graph model) that
            returns the new, unbuilt layer; or a list of layers to call one after the other, that
            hold the layer's weights in their order.
        make_input: function of an input's name that returns a layer to put behind it (or None),
            where the input is of floating-point numbers.
            Inputs of nested models get none: what they are fed is looked after outside.

    Returns:
        A new model of the same structure, names, weights and policy; not compiled.
    """
    pairs = []
    rebuilt = _rebuild(model, replace, make_input, pairs)
    # By the policy of the model `compile` decides whether the loss is scaled.
    rebuilt.dtype_policy = model.dtype_policy
    for old, chain in pairs:
        chain = [_inner(new) for new in chain]
        targets = [target for new in chain for target in new.variables]
        for source, target in zip(_inner(old).variables, targets, strict=True):
            target.assign(source)
        for new in chain:
            if hasattr(new, "finalize_state"):
                # An adapted Normalization keeps what it computes from its variables.
                new.finalize_state()
    return rebuilt


def copy_layer(layer):
    """An unbuilt copy of a layer (or of an operation of the graph) by its configuration."""
    copy = type(layer).from_config(layer.get_config())
    if copy.name != layer.name:
        # Some of KerasHub's blocks add to their name each time they are made.
        copy.name = layer.name
    return copy


def is_float(tensor):
    """Whether a tensor holds floating-point numbers: not token ids, masks or strings."""
    return keras.backend.is_float_dtype(tensor.dtype)


def _inner(layer):
    return layer.layer if isinstance(layer, LayerWrapper | CompositeWrapper) else layer


def _rebuild(model, replace, make_input, pairs):
    def clone(layer):
        if isinstance(layer, keras.Model) and is_graph(layer):
            new = _rebuild(layer, replace, None, pairs)
            if not layer.trainable:
                # Never the other way round: that would thaw frozen layers inside.
                new.trainable = False
            return new
        if not isinstance(layer, keras.Layer):
            return copy_layer(layer)
        new = replace(layer)
        *first, last = new if isinstance(new, list) else [new]
        pairs.append((layer, [*first, last]))
        before[last] = first
        return last

    before = {}
    if isinstance(model, keras.Sequential):
        tensor = model.inputs[0]
        start = [keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name)]
        if make_input and is_float(tensor) and (layer := make_input(tensor.name)):
            start.append(layer)
        for layer in map(clone, model.layers):
            start += [*before.get(layer, []), layer]
        return keras.Sequential(start, name=model.name)

    behind = {}

    def call(layer, *args, **kwargs):
        if make_input:
            args, kwargs = keras.tree.map_structure(through_input, (args, kwargs))
        if isinstance(layer, LayerWrapper):
            # The graph has recorded `mask=None` for layers that know masks; the wrapper does not.
            kwargs = {key: value for key, value in kwargs.items() if key != "mask"}
        for first in before.get(layer, []):
            args, kwargs = (first(*args, **kwargs),), {}
        return layer(*args, **kwargs)

    def through_input(tensor):
        if not isinstance(tensor, keras.KerasTensor):
            return tensor
        source = tensor._keras_history.operation
        if not isinstance(source, keras.layers.InputLayer) or not is_float(tensor):
            return tensor
        if source.name not in behind:
            layer = make_input(source.name)
            behind[source.name] = layer(tensor) if layer else tensor
        return behind[source.name]

    # `clone_model` compiles the copy of a compiled model, and fails where that was compiled with
    # a loss that no registry knows.
    uncompiled = keras.Model(model.input, model.output, name=model.name)
    return keras.models.clone_model(uncompiled, clone_function=clone, call_function=call)
