"""The Keras layer that a tensor of a file was made by."""

import re

import keras


def layer_path(model, names):
    """The layer behind a fused operator, as a path such as `"backbone/conv"`.

    The converter keeps the scopes in which Keras called its layers (`net_1/backbone_1/conv_1/
    convolution`), joined by `;` where it fused several. Keras enters each scope twice, so each
    layer's name is followed by one number more.

    Args:
        model: The `keras.Model` that was exported.
        names: Names of what the operator gives, and of its constants, most telling first.

    Returns:
        The path of the first layer with a kernel among them, else of the first layer that is
        found, else `""`.
    """
    found = []
    for name in names:
        for part in name.split(";"):
            path, layer = _walk(model, part.split("/"))
            if path and (path, layer) not in found:
                found.append((path, layer))
    weighted = [path for path, layer in found if hasattr(layer, "kernel")]
    return (weighted or [path for path, _ in found] or [""])[0]


def output_path(model, number):
    """The path of the layer that gives one of the model's outputs, into nested models."""
    tensor = model.outputs[number]
    layer = tensor._keras_history.operation
    if isinstance(layer, keras.Model) and getattr(layer, "outputs", None):
        return f"{layer.name}/{output_path(layer, tensor._keras_history.tensor_index)}"
    return layer.name if isinstance(layer, keras.layers.Layer) else ""


def _walk(layer, scopes):
    path = []
    for scope in scopes:
        inner = {one.name: one for one in layer._flatten_layers(False, False)}
        child = inner.get(re.sub(r"_\d+$", "", scope), inner.get(scope))
        if child is None and path and path[-1] == re.sub(r"_\d+$", "", scope):
            continue  # A wrapper that is named like the layer in it.
        if child is not None:
            path.append(child.name)
            layer = child
    return "/".join(path), layer
