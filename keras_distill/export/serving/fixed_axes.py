"""Axes of any length are given one: a file's shapes are fixed but for the batch."""

import dataclasses

import numpy as np


def fixed_axes(model, ends, samples):
    """The `ModelEnds` with every axis of the inputs fixed, by the samples where the model is open.

    Args:
        model: The model, for its name.
        ends: Its `ModelEnds`.
        samples: {name: array `(n, …)`}, or None.

    Raises:
        ValueError: An axis is open, and there are no samples to tell its length.
    """
    inputs = []
    for end in ends.inputs:
        if None not in end.shape:
            inputs.append(end)
            continue
        if samples is None:
            axes = [axis for axis, length in enumerate((None, *end.shape)) if length is None][1:]
            which = ", ".join(str(axis) for axis in axes)
            called = "" if len(ends.inputs) == 1 else f" for {end.key!r}"
            raise ValueError(
                f"The model {model.name!r} takes inputs of shape {(None, *end.shape)}{called}; all "
                f"but the first axis must be fixed, and the length of axis {which} is not. Give "
                "it an input of the size that it will see: `inputs = keras.Input((224, 224, 3)); "
                "model = keras.Model(inputs, model(inputs))`; or give `samples` of that size."
            )
        inputs.append(dataclasses.replace(end, shape=tuple(np.shape(samples[end.name])[1:])))
    return dataclasses.replace(ends, inputs=tuple(inputs))
