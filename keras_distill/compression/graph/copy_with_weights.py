from keras_distill.compression.graph.composite_wrapper import build_on_symbols
from keras_distill.compression.graph.inner_layers import inner_layers, is_composite
from keras_distill.compression.graph.rebuild import copy_layer


def copy_with_weights(layer):
    """A copy of a layer, with its weights in it if the layer is built.

    Other than `copy_layer`, whose copies get weights only when `rebuild` is done with the whole
    model: too late for what is computed from them when a layer is wrapped.

    Args:
        layer: any layer. It is left as it is.

    Returns:
        The copy; not built if the layer is not.

    Raises:
        ValueError: for a composite layer that cannot be built again: it builds what it holds
            when it is called, and has never been called in a graph.
    """
    new = copy_layer(layer)
    if not layer.built:
        return new
    if is_composite(layer):
        _build_composite(layer, new)
    elif not new.built:
        new.build_from_config(layer.get_build_config())
        new.built = True
    for source, target in zip(layer.variables, new.variables, strict=True):
        target.assign(source)
    for source, target in zip(_all_of(layer), _all_of(new), strict=True):
        if not source.trainable:
            # Never the other way round: that would thaw what is frozen inside.
            target.trainable = False
    return new


def _all_of(layer):
    return [layer, *inner_layers(layer).values()]


def _build_composite(layer, new):
    if layer._inbound_nodes:
        arguments = layer._inbound_nodes[0].arguments
        build_on_symbols(new, arguments.args, arguments.kwargs)
    elif not getattr(layer.build, "_is_default", False):
        new.build_from_config(layer.get_build_config())
        new.built = True
    if len(new.variables) != len(layer.variables):
        raise ValueError(
            "A layer made of layers is copied by the way it was called in a graph. Received: "
            f"{layer!r}, which was called on values only, and has no `build` of its own. Call it "
            "on a `keras.Input` first, or give it a `build`."
        )
