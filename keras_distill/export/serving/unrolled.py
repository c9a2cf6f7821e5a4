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

    def around(path, layer, call, sequences, *args, **kwargs):
        _check(model, path, sequences.shape[1], why)
        if path not in done:
            done.append(path)
        layer.unroll = True
        try:
            return call(sequences, *args, **kwargs)
        finally:
            layer.unroll = False

    looping = {
        path: layer
        for path, layer in layer_paths(model).items()
        if isinstance(layer, keras.layers.RNN) and not layer.unroll
    }
    with patched_calls(looping, around):
        yield done


def _check(model, path, steps, why):
    if steps is not None and steps <= MOST_STEPS:
        return
    seen = "an unknown number of" if steps is None else str(steps)
    raise ValueError(
        f"The layer {path!r} of {model.name!r} runs over {seen} time steps. For {why} each step "
        f"has to be written out, which is done for up to {MOST_STEPS}. Export it with batch=1 as "
        "float32, float16 or dynamic_range, where it stays a loop, or feed it fewer steps."
    )
