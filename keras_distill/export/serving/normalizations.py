"""Layers that eight bits do badly, and that an int8 file may keep in float."""

import keras

from keras_distill.export.serving.layer_paths import layer_paths

_KINDS = (
    keras.layers.GroupNormalization,
    keras.layers.LayerNormalization,
    keras.layers.RMSNormalization,
)


def normalizations(model):
    """Paths of the layers that divide by a variance of what they are given.

    In integers that variance, and the root of it, have 256 levels each: where it is small, little
    is left. Quantization-aware training keeps these layers in float too.

    Args:
        model: A `keras.Model`.

    Returns:
        A list of paths.
    """
    return [path for path, layer in layer_paths(model).items() if isinstance(layer, _KINDS)]
