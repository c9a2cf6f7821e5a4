"""The layer that a model's output comes from."""

import keras

_SHAPE_ONLY = (
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.Reshape,
    keras.layers.Permute,
    keras.layers.Identity,
    keras.layers.GlobalAveragePooling1D,
    keras.layers.GlobalAveragePooling2D,
)


def last_layer(source):
    """The layer whose activation a model's output has passed last.

    Args:
        source: A `keras.Model` with one output, a layer, or an output tensor of a graph.
            Looked through: nested models, layers that only reshape, wrappers, and an
            activation that is a layer.

    Returns:
        The layer, or None where there is none to be found.
    """
    if isinstance(source, keras.KerasTensor):
        history = getattr(source, "_keras_history", None)
        if history is None:
            return None
        layer, node, _ = history
        if isinstance(layer, _SHAPE_ONLY):
            return last_layer(layer._inbound_nodes[node].input_tensors[0])
        return last_layer(layer)
    if isinstance(source, keras.Sequential):
        layers = [each for each in source.layers if not isinstance(each, _SHAPE_ONLY)]
        return last_layer(layers[-1]) if layers else None
    if isinstance(source, keras.Model):
        outputs = getattr(source, "outputs", None)
        return last_layer(outputs[0]) if outputs and len(outputs) == 1 else None
    inner = getattr(source, "layer", None)
    wraps = isinstance(source, keras.layers.TimeDistributed) or not hasattr(source, "activation")
    if isinstance(inner, keras.layers.Layer) and wraps:
        return last_layer(inner)
    activation = getattr(source, "activation", None)
    return last_layer(activation) if isinstance(activation, keras.layers.Layer) else source
