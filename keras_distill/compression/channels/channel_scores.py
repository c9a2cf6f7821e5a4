"""How much each channel matters, by three published measures."""

import keras
import numpy as np

from keras_distill.compression.channels.taylor_scores import taylor_scores


def channel_scores(graph, importance, model, data, loss):
    """Scores of all channels of a model.

    Args:
        graph: the model's `ChannelGraph`.
        importance: "l1", "bn_scale" or "taylor".
        model: the model.
        data: labelled examples, for "taylor".
        loss: for "taylor", or `None` for the model's own.

    Returns:
        An array by channel number: what lies behind the number that stands for a channel
        counts. NaN where the measure says nothing.
    """
    if importance == "taylor":
        return taylor_scores(graph, model, data, loss)
    scores = np.full(graph.size, np.nan)
    if importance == "l1":
        for producer in graph.producers:
            kernel = np.moveaxis(_numpy(producer.kernel), producer.axis, -1)
            _add(scores, graph.roots(producer.numbers), np.abs(kernel))
    else:
        for layer, numbers in graph.normalizations:
            if layer.scale:
                _add(scores, graph.roots(numbers), np.abs(_numpy(layer.gamma)))
    return scores


def _add(scores, roots, values):
    values = values.reshape(-1, len(roots)).sum(0, dtype="float64")
    scores[roots] = np.nan_to_num(scores[roots])
    np.add.at(scores, roots, values)


def _numpy(variable):
    return keras.ops.convert_to_numpy(variable).astype("float64")
