"""A copy of a model without some of its channels."""

import keras
import numpy as np

from keras_distill.models.clone_graph import clone_graph


def sliced_copy(model, graph, dropped):
    """Rebuilds a model with what belongs to the channels that stay.

    Args:
        model: a built Functional or Sequential model. It is left as it is.
        graph: its `ChannelGraph`.
        dropped: booleans by channel number; that of the number that stands for a channel
            counts.

    Returns:
        A new model of the same names.
    """

    def kept(numbers):
        return np.flatnonzero(~dropped[graph.roots(numbers)])

    pairs = {}

    def narrowed(layer, given=None):
        config = layer.get_config()
        for key, numbers in graph.counts.get(layer, {}).items():
            config[key] = _counted(config[key], len(kept(numbers)))
        pairs[layer] = type(layer).from_config(config)
        return pairs[layer]

    small = clone_graph(model, narrowed)
    for old, new in pairs.items():
        cuts = {}
        for variable, axis, numbers in graph.slices.get(old, []):
            cuts.setdefault(id(variable), []).append((axis, kept(numbers)))
        for source, target in zip(old.variables, new.variables, strict=True):
            value = keras.ops.convert_to_numpy(source)
            for axis, which in cuts.get(id(source), []):
                value = np.take(value, which, axis)
            target.assign(value)
        if isinstance(new, keras.layers.Normalization):
            new.finalize_state()
    return small


def _counted(old, count):
    if isinstance(old, int):
        return count
    return (*old[:-1], old[-1] if old[-1] == -1 else count)
