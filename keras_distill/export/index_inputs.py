"""Whether what a model is fed are indices, and of a type that an int8 file can take."""

import keras

_MOVING = (
    keras.layers.Cropping1D,
    keras.layers.Flatten,
    keras.layers.Identity,
    keras.layers.Permute,
    keras.layers.RepeatVector,
    keras.layers.Reshape,
    keras.layers.ZeroPadding1D,
)


def check_index_inputs(model):
    """Raise where an Embedding looks up what comes in as floats.

    An int8 file would round these indices to 256 levels, so the converter refuses.

    Args:
        model: A built Functional or Sequential `keras.Model`; of others nothing is known.

    Raises:
        ValueError: An Embedding is fed by an input of floats.
    """
    inputs = getattr(model, "inputs", None) or ()
    floats = [tensor for tensor in inputs if keras.backend.is_float_dtype(tensor.dtype)]
    found = _fed_embedding(model, {id(tensor) for tensor in floats}) if floats else None
    if found is not None:
        raise ValueError(
            f"The input of {model.name!r} is of type {floats[0].dtype}, but its layer "
            f"{found.name!r} looks up whole numbers, which an int8 file must not round. Expected "
            "an input of type int32: "
            'build the model on keras.Input(..., dtype="int32"), give it the weights of this one, '
            "and export that."
        )


def _fed_embedding(model, indices):
    """The first Embedding that looks up one of the tensors, or None."""
    graph = model._functional if isinstance(model, keras.Sequential) else model
    nodes = getattr(graph, "_nodes_by_depth", {})
    for depth in sorted(nodes, reverse=True):
        for node in nodes[depth]:
            if not any(id(tensor) in indices for tensor in node.input_tensors):
                continue
            layer = _unwrapped(node.operation)
            if isinstance(layer, keras.layers.Embedding):
                return layer
            if isinstance(layer, _MOVING):
                indices |= {id(tensor) for tensor in node.output_tensors}
            if isinstance(layer, keras.Model) and getattr(layer, "inputs", None):
                pairs = zip(node.input_tensors, layer.inputs, strict=False)
                inner = _fed_embedding(layer, {id(own) for one, own in pairs if id(one) in indices})
                if inner is not None:
                    return inner
    return None


def _unwrapped(layer):
    while isinstance(getattr(layer, "layer", None), keras.Layer):
        layer = layer.layer
    return layer
