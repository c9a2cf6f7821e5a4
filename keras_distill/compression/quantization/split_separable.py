"""Separable convolutions as the two convolutions that they are made of."""

import keras

from keras_distill.compression.graph.prerequisites import layers_with_paths
from keras_distill.compression.graph.rebuild import copy_layer, rebuild

_PARTS = {
    keras.layers.SeparableConv1D: (keras.layers.DepthwiseConv1D, keras.layers.Conv1D),
    keras.layers.SeparableConv2D: (keras.layers.DepthwiseConv2D, keras.layers.Conv2D),
}


def split_separable(model, chosen=None, configs=None):
    """A copy of a model whose separable convolutions are a depthwise and a pointwise one.

    As in TF-MOT, since what is between the two needs a range of its own. The pointwise one
    keeps the layer's name, so that who asks for the layer's output finds it; the depthwise one
    in front of it is called `NAME_depthwise`.

    Args:
        model: a built Functional or Sequential model without prepared layers.
        chosen: layers of it, or None for all; others are not split.
        configs: {layer: configuration of its own}; these are not split.

    Returns:
        (model, chosen, configs), the latter two with the layers of the new model; what was
        given, if nothing is to be split.
    """
    configs = configs or {}
    split = {
        layer
        for _, layer in layers_with_paths(model)
        if type(layer) in _PARTS and layer not in configs and (chosen is None or layer in chosen)
    }
    if not split:
        return model, chosen, configs
    taken = {layer.name for _, layer in layers_with_paths(model)}
    made = {}

    def replace(layer):
        made[layer] = _parts(layer, taken) if layer in split else [copy_layer(layer)]
        return made[layer]

    copy = rebuild(model, replace)
    if chosen is not None:
        chosen = {new for layer in chosen for new in made[layer]}
    return copy, chosen, {made[layer][0]: config for layer, config in configs.items()}


def _parts(layer, taken):
    depthwise, pointwise = _PARTS[type(layer)]
    name = f"{layer.name}_depthwise"
    while name in taken:
        name += "_"
    config = layer.get_config()
    common = {key: config[key] for key in ("data_format", "dtype", "trainable")}
    return [
        depthwise.from_config(
            {
                **common,
                **{key: config[key] for key in ("kernel_size", "strides", "padding")},
                **{key: config[key] for key in config if key.startswith("depth")},
                "dilation_rate": config["dilation_rate"],
                "use_bias": False,
                "name": name,
            }
        ),
        pointwise.from_config(
            {
                **common,
                **{key: config[key] for key in ("filters", "activation", "use_bias", "name")},
                **{key: config[key] for key in config if key.startswith("bias_")},
                **{
                    f"kernel_{end}": config[f"pointwise_{end}"]
                    for end in ("initializer", "regularizer", "constraint")
                },
                "activity_regularizer": config["activity_regularizer"],
                "kernel_size": 1,
            }
        ),
    ]
