"""Recurrent layers for which the file cannot hold a loop: their steps one after another."""

import contextlib

import keras

from keras_distill.export.serving.layer_paths import layer_paths
from keras_distill.export.serving.patched_calls import patched_calls

MOST_STEPS = 64


@contextlib.contextmanager
def unrolled(model, why):
    """Has recurrent layers write their steps one after another while the model is traced.

    LiteRT runs a loop over time steps only in floats and for a batch of a fixed size: integers,
    or a batch of any size, need each step for itself, which makes a file longer with each. The
    layers are the caller's, and are as they were when the block ends.

    Args:
        model: A `keras.Model`.
        why: What needs it, such as `'batch="dynamic"'`; None: loops stay loops.

    Yields:
        A list that fills with the paths of the layers that are unrolled.

    Raises:
        ValueError: A layer sees more than 64 steps, or a number that is not known.
    """
    done = []
    if why is None:
        yield done
        return

    too_long = {}

    def around(path, layer, call, *args, **kwargs):
        steps = (args[0] if args else kwargs["sequences"]).shape[1]
        if steps is None or steps > MOST_STEPS:
            # Keras would wrap an error in one of its own: it is raised when the trace is done.
            too_long.setdefault(path, steps)
            return call(*args, **kwargs)
        if path not in done:
            done.append(path)
        layer.unroll = True
        try:
            with _gates_cut_out():
                return call(*args, **kwargs)
        finally:
            layer.unroll = False

    looping = {
        path: layer
        for path, layer in layer_paths(model).items()
        if isinstance(layer, keras.layers.RNN) and not layer.unroll
    }
    with patched_calls(looping, around):
        yield done
    for path, steps in too_long.items():
        _refuse(model, path, steps, why)


@contextlib.contextmanager
def _gates_cut_out():
    """Has cells take each gate as a slice of its own in place of one SPLIT for all.

    The first step forgets nothing, for its state is zero: one part of its SPLIT is never read,
    and the converter leaves such a SPLIT in float, in one run and not in the next.
    """
    from keras.src import ops

    own = ops.split
    ops.split = _slices
    try:
        yield
    finally:
        ops.split = own


def _slices(x, number, axis=0):
    size = x.shape[axis] // number
    before = [slice(None)] * (axis % len(x.shape))
    return [x[(*before, slice(i * size, (i + 1) * size))] for i in range(number)]


def _refuse(model, path, steps, why):
    seen = "an unknown number of" if steps is None else str(steps)
    raise ValueError(
        f"The layer {path!r} of {model.name!r} runs over {seen} time steps. For {why} each step "
        f"has to be written out, which is done for up to {MOST_STEPS}. Export it with batch=1 as "
        "float32, float16 or dynamic_range, where it stays a loop, or feed it fewer steps."
    )
