"""Which layers `narrow` knows, and their configurations with fewer channels."""

import math

from keras import layers

# What counts a layer's output channels, by layer class.
WIDTHS = {
    layers.Conv1D: "filters",
    layers.Conv2D: "filters",
    layers.Conv2DTranspose: "filters",
    layers.SeparableConv2D: "filters",
    layers.Dense: "units",
}
# Weighted layers that take the channels they are given.
FOLLOWERS = (
    layers.DepthwiseConv2D,
    layers.BatchNormalization,
    layers.LayerNormalization,
    layers.Normalization,
)


def width_key(layer):
    """The name of the argument that counts a layer's output channels, or `None`."""
    for kind, key in WIDTHS.items():
        # DepthwiseConv2D is no Conv2D in Keras 3, so isinstance tells them apart.
        if isinstance(layer, kind):
            return key
    return None


def is_layer_scale(layer):
    """Whether a layer is ConvNeXt's scale per channel, which Keras does not hand out."""
    return type(layer).__name__ == "LayerScale" and hasattr(layer, "projection_dim")


def is_depthwise(layer):
    """Whether a layer is a depthwise convolution written as one with a group per channel."""
    groups = getattr(layer, "groups", 1)
    # Looked at in a built layer: each filter sees one channel.
    return groups > 1 and groups == layer.filters and layer.kernel.shape[-2] == 1


def follows(layer):
    """Whether a layer must be configured with the number of channels that reaches it."""
    return is_layer_scale(layer) or is_depthwise(layer)


def refuse_unknown(layer, model):
    """ValueError for a weighted layer whose channels nothing here knows."""
    known = width_key(layer) or isinstance(layer, FOLLOWERS) or is_layer_scale(layer)
    if not known and layer.weights:
        raise ValueError(
            f"`narrow` does not know how to narrow layer '{layer.name}' "
            f"({type(layer).__name__}) of model '{model.name}'. It knows convolutions, Dense, "
            "BatchNormalization, LayerNormalization, Normalization and layers without weights. "
            "Write the student yourself and hand it to kd.Distiller."
        )


def narrowed_config(layer, keep, given=None):
    """A layer's configuration with fewer channels.

    Args:
        layer: One that `refuse_unknown` lets pass.
        keep: From a number of channels to how many of them stay.
        given: How many channels reach it, for one that `follows`.

    Returns:
        A dict for the layer's `from_config`.
    """
    config = layer.get_config()
    key = width_key(layer)
    if is_layer_scale(layer):
        config["projection_dim"] = given
    elif key and is_depthwise(layer):
        config["groups"] = config[key] = given
    elif key:
        groups = config.get("groups", 1)
        config[key] = keep(config[key] // groups) * groups
    return config


def keeping_rules(model, width, whole):
    """Ways to round `width · channels`, the closest first.

    Rounding each layer for itself can part channels that must meet again: half of 44 of
    them and half of 44 make 22 + 22, three tenths make 7 + 7 and 13. The second rule
    agrees between a number and its halves, the third between any sums.

    Args:
        model: The teacher.
        width: Share of the channels to keep.
        whole: Layers that keep all of theirs.

    Returns:
        Functions from a number of channels to how many of them stay.
    """
    counts = [
        getattr(layer, width_key(layer))
        for layer in model._flatten_layers(include_self=False)
        if width_key(layer) and layer not in whole
    ]
    unit = math.gcd(*counts)

    def closest(channels):
        return max(1, round(channels * width))

    def halves(channels):
        twos = 1
        while channels % 2 == 0 and channels > 8:
            channels, twos = channels // 2, twos * 2
        return closest(channels) * twos

    def sums(channels):
        return channels // unit * closest(unit)

    # Where the common unit is small, its share can be far from the one that was asked for.
    near = unit and abs(closest(unit) / unit - width) <= width / 4
    return (closest, halves, sums) if near else (closest, halves)
