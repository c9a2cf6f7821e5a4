import math
import warnings

import keras
import numpy as np

from keras_distill.compression.channels.channel_graph import ChannelGraph
from keras_distill.compression.channels.channel_scores import channel_scores
from keras_distill.compression.channels.sliced_copy import sliced_copy
from keras_distill.compression.graph.prerequisites import check_model, prepared_layers

IMPORTANCES = ("l1", "bn_scale", "taylor")


def prune_channels(model, fraction, importance="l1", data=None, loss=None):
    """Remove the least important channels of a model, for good.

    Zeros spread over kernels do not make a phone faster; narrower layers do. The filters of
    convolutions and the units of Dense layers go, and with them what the layers behind hold
    for them: kernel rows, normalization, depthwise filters. At `fraction=0.5` parameters and
    multiplications fall to about a quarter. Train the result afterwards, best as a student of
    the model it comes from.

    The new model predicts what the old one would if every kernel saw zeros in place of the
    dropped channels; behind activations that keep zero (ReLU, SiLU, tanh) that is the old model
    with these filters, their biases and their normalization set to zero.

    Channels that meet in a sum, a product or a gate go together. Left alone are the
    model's outputs and whatever passes through a layer that mixes channels or that is not
    known here: Lambda, attention, recurrent layers, normalization over channels, convolutions
    in groups, layers called more than once.
    `keras_distill.compression.channel_groups` names each group, and the reason where it is
    left alone, before anything is done; `keras_distill.compression.summary` of the model before
    and after says what was gained.

    Args:
        model: a built Functional or Sequential `keras.Model`, nested ones included. It is left
            as it is.
        fraction: share of the channels to drop, 0 ≤ fraction < 1, rounded down in each
            group. Every layer keeps at least one.
        importance: what a channel is judged by. `"l1"`: the sum of the absolute weights of its
            filters. `"bn_scale"`: |gamma| of its BatchNormalization; a group without one is left
            alone. `"taylor"`: the mean over `data` of |activation times the loss's gradient to
            it|, as the layers behind see it. Defaults to `"l1"`.
        data: for `"taylor"`, labelled examples: `(x, y)` arrays, or an iterable of such batches
            such as a `tf.data.Dataset`. A few hundred examples do. Defaults to `None`.
        loss: for `"taylor"`, a Keras loss or its name. Defaults to the one that the model is
            compiled with.

    Returns:
        A new `keras.Model` of stock layers with the same names, not more. Compile it before it
        trains. Where nothing could be dropped it is a copy, with a `UserWarning` that says why.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, or
            that is prepared for pruning, clustering or quantization; a `fraction` out of range;
            an unknown `importance`; `"bn_scale"` without a BatchNormalization that has a scale;
            `"taylor"` without `data` or without a loss.
        RuntimeError: for `"taylor"` on another backend than TensorFlow.

    Example:

    ```python
    model = kd.models.cifar_resnet(8, width=8, input_shape=(28, 28, 1))
    small = kd.compression.prune_channels(model, 0.5)
    print(kd.footprint.macs(model) / kd.footprint.macs(small))  # 3.9…
    ```

    Reference:
        - [Li et al., 2017](https://arxiv.org/abs/1608.08710)
        - [Liu et al., 2017](https://arxiv.org/abs/1708.06519)
        - [Molchanov et al., 2017](https://arxiv.org/abs/1611.06440)
    """
    check_model("prune_channels", model)
    _check(model, fraction, importance, data, loss)
    graph = ChannelGraph(model)
    if importance == "bn_scale" and not any(layer.scale for layer, _ in graph.normalizations):
        raise ValueError(
            '`prune_channels` with importance="bn_scale" judges channels by the scale of their '
            f"BatchNormalization. Received: {model.name!r}, which has none with a scale. Pass "
            'importance="l1" or "taylor".'
        )
    groups = graph.tied()
    free = [tied for tied in groups if tied.group.reason is None]
    dropped, scores = np.zeros(graph.size, bool), None
    if fraction and free:
        scores = channel_scores(graph, importance, model, data, loss)
        for tied in free:
            dropped[_least(graph, tied, scores[tied.numbers], fraction)] = True
    if fraction and not dropped.any():
        warnings.warn(_nothing(model, fraction, groups, free, scores), UserWarning, stacklevel=2)
    return sliced_copy(model, graph, dropped)


def _least(graph, tied, scores, fraction):
    """The channels of one group to drop, so that each of its layers keeps one."""
    count = min(math.floor(fraction * len(scores) + 1e-9), len(scores) - 1)
    if np.isnan(scores).any():
        return []
    made = [set(graph.roots(producer.numbers).tolist()) for producer in tied.producers]
    chosen = []
    # Of equals the last goes first.
    for index in np.lexsort((-np.arange(len(scores)), scores)):
        number = int(tied.numbers[index])
        if len(chosen) == count:
            break
        if any(roots == {number} for roots in made):
            continue
        for roots in made:
            roots.discard(number)
        chosen.append(number)
    return chosen


def _check(model, fraction, importance, data, loss):
    prepared = prepared_layers(model)
    if prepared:
        raise ValueError(
            "`prune_channels` expects a model that is not prepared yet. Received: "
            f"{model.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__}. Drop channels first; call `strip_pruning` or "
            "`strip_clustering` on a model that was prepared for these."
        )
    number = isinstance(fraction, int | float | np.number) and not isinstance(fraction, bool)
    if not number or not 0 <= fraction < 1:
        raise ValueError(
            "`fraction` is the share of channels to drop, at least 0 and below 1. Received: "
            f"fraction={fraction!r}."
        )
    if importance not in IMPORTANCES:
        raise ValueError(
            '`importance` must be "l1", "bn_scale" or "taylor". Received: '
            f"importance={importance!r}."
        )
    if importance == "taylor":
        _check_taylor(model, data, loss)


def _check_taylor(model, data, loss):
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            '`prune_channels` with importance="taylor" needs gradients on Keras\'s TensorFlow '
            f"backend. Received: backend {keras.backend.backend()!r}. Pass "
            'importance="l1" or "bn_scale", or set KERAS_BACKEND=tensorflow before the first '
            "import of keras."
        )
    if data is None:
        raise ValueError(
            '`prune_channels` with importance="taylor" needs labelled examples to take gradients '
            "on. Received: data=None. Pass data=(x, y), a few hundred of the training set."
        )
    if loss is None and not (model.compiled and getattr(model, "loss", None)):
        raise ValueError(
            '`prune_channels` with importance="taylor" needs a loss. Received: loss=None and '
            f"{model.name!r}, which is not compiled with one. Pass loss=, or call "
            "`model.compile(loss=…)` first."
        )


def _nothing(model, fraction, groups, free, scores):
    if free and any(np.isfinite(scores[tied.numbers]).all() for tied in free):
        most = max(tied.group.channels for tied in free)
        why = f"fraction={fraction} of at most {most} channels is less than one"
    elif free:
        why = "none of its groups has a BatchNormalization with a scale"
    else:
        reasons = dict.fromkeys(tied.group.reason for tied in groups)
        why = "; ".join(reasons) or "it has no convolution and no Dense layer"
    return (
        f"`prune_channels` dropped nothing from {model.name!r} and returns a copy: {why}. See "
        "`keras_distill.compression.channel_groups(model)`."
    )
