"""Follows the channels that a narrower model kept, and gives it their weights."""

import keras
import numpy as np
from keras import layers

from keras_distill.models.layer_widths import is_depthwise, width_key


def copy_kept(teacher, student):
    """Gives a student from `narrow` the teacher's weights of the channels it kept.

    Of each layer the first channels are kept, and what they become after a Concatenate
    or a Flatten is followed, so that each row of a kernel meets the channel that it was
    trained on. Where a sum joins channels that no longer match, those of its first
    operand count.

    Args:
        teacher: A built Functional or Sequential model.
        student: What `narrow` made of it.

    Raises:
        ValueError: A layer whose channels cannot be followed, by name.
    """
    twins = {
        id(old): new
        for old, new in zip(
            teacher._flatten_layers(include_self=False),
            student._flatten_layers(include_self=False),
            strict=True,
        )
    }
    _follow(teacher, [np.arange(each.shape[-1]) for each in teacher.inputs], twins)


def _follow(model, kept, twins):
    """Kept channels of a model's outputs, given those of its inputs."""
    if isinstance(model, keras.Sequential):
        model = model._functional
    channels = {id(each): which for each, which in zip(model.inputs, kept, strict=True)}
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            if node.is_input:
                continue
            given = [channels[id(each)] for each in node.input_tensors]
            operation = node.operation
            if isinstance(operation, keras.Model):
                made = _follow(operation, given, twins)
            elif getattr(operation, "weights", None):
                made = [_copied(operation, twins[id(operation)], given[0], node.input_tensors[0])]
            else:
                made = [_passed(operation, node, given, each) for each in node.outputs]
            channels.update(
                (id(each), which) for each, which in zip(node.outputs, made, strict=True)
            )
    return [channels[id(each)] for each in model.outputs]


def _copied(old, new, given, tensor):
    """Assigns the slices of one weighted layer; which of its outputs are kept."""
    key = width_key(old)
    made = given
    if key and not is_depthwise(old):
        made = np.arange(getattr(new, key))
        if getattr(old, "groups", 1) > 1 and len(given) < tensor.shape[-1]:
            _lost(old, "its groups are not those that its input's channels were in")
    # A depthwise layer puts out `multiplier` channels for each of its own, side by side.
    multiplier = getattr(old, "depth_multiplier", 1)
    spread = (given[:, None] * multiplier + np.arange(multiplier)).ravel()
    if isinstance(old, layers.DepthwiseConv2D):
        made = spread
    for ours, theirs in zip(new.weights, old.weights, strict=True):
        value = keras.ops.convert_to_numpy(theirs)
        if tuple(ours.shape) != value.shape:
            value = _sliced(old, theirs.name, value, given, made, spread)
        ours.assign(value)
    return made


def _sliced(layer, name, value, given, made, spread):
    """The part of one weight that belongs to the kept channels."""
    if name == "depthwise_kernel" or (
        name == "kernel" and isinstance(layer, layers.DepthwiseConv2D)
    ):
        return value[..., given, :]
    if name == "pointwise_kernel":
        return value[..., spread, :][..., made]
    if isinstance(layer, layers.Conv2DTranspose) and name == "kernel":
        return value[..., made, :][..., given]
    if name == "kernel" and not is_depthwise(layer):
        return value[..., given, :][..., made]
    # Biases, and what normalizations and scales hold: one number for each channel.
    return value[..., made]


def _passed(operation, node, given, output):
    """Which channels are kept behind an operation without weights."""
    inputs = node.input_tensors
    kind = type(operation).__name__
    size = output.shape[-1]
    if all(len(which) == each.shape[-1] for which, each in zip(given, inputs, strict=True)):
        return np.arange(size)
    if kind == "Concatenate" and operation.axis in (-1, len(output.shape) - 1):
        starts = np.cumsum([0, *(each.shape[-1] for each in inputs)])
        return np.concatenate([start + which for start, which in zip(starts, given, strict=False)])
    if kind in ("Flatten", "Reshape"):
        return _reshaped(operation, inputs[0].shape[1:], output.shape[1:], given[0])
    for each, which in zip(inputs, given, strict=True):
        if each.shape[-1] == size and kind not in ("Permute", "Transpose"):
            return which
    return _lost(operation, "it makes other channels of those that it is given")


def _reshaped(operation, before, after, given):
    if before[-1] == after[-1]:
        return given
    if None not in before and None not in after:
        kept = np.zeros(before, bool)
        kept[..., given] = True
        rows = kept.reshape(-1, after[-1])
        if (rows == rows[0]).all():
            return np.flatnonzero(rows[0])
    return _lost(operation, "it spreads channels over positions")


def _lost(layer, why):
    raise ValueError(
        f"`narrow` cannot follow the channels through layer '{layer.name}' "
        f'({type(layer).__name__}) for initialize="teacher": {why}. '
        'Pass initialize="random".'
    )
