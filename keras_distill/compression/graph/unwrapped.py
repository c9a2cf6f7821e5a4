"""A model without what stands in the place of its layers."""

from keras_distill.compression.graph.rebuild import copy_layer, rebuild


def unwrapped(model, kinds):
    """Copies a model with the layers that prepared layers stand for, instead of them.

    Args:
        model: a Functional or Sequential model.
        kinds: the class of prepared layers to take out, or a tuple of classes.

    Returns:
        The copy, and a list of pairs: a prepared layer of `model`, and the layer of the copy that
        took its place, with the weights that it was prepared with.
    """
    pairs = []

    def replace(layer):
        if not isinstance(layer, kinds):
            return copy_layer(layer)
        new = copy_layer(layer.layer)
        pairs.append((layer, new))
        return new

    return rebuild(model, replace), pairs
