"""Paddings before a maximum that leave an integer file its range."""

import contextlib

import numpy as np


@contextlib.contextmanager
def finite_paddings(integers, run):
    """Has `keras.ops.pad` fill in the least value there is in place of minus infinity.

    KerasHub's residual networks pad so before they take the maximum of a window, and no value of
    theirs is the least then. In integers there is no infinity: the converter writes a scale of
    1e36, and the interpreter ends at the file. The least value of the examples is lower than what
    it stands beside too, so that the maximum stays what it was.

    Args:
        integers: Whether the file computes in integers; else nothing is changed.
        run: Runs the model on examples, without arguments. Called at the first such padding.
    """
    if not integers:
        yield
        return
    import tensorflow as tf
    from keras.src.backend.tensorflow import numpy

    own, least, seen = numpy.pad, [], []

    def pad(x, pad_width, mode="constant", constant_values=None):
        if not _is_minus_infinity(constant_values):
            return own(x, pad_width, mode, constant_values)
        if tf.executing_eagerly():
            least.append(float(tf.reduce_min(x)))
            return own(x, pad_width, mode, constant_values)
        if not least:
            with tf.init_scope():
                run()
        # The examples took the same paddings, in the same order.
        seen.append(least[len(seen) % len(least)])
        return own(x, pad_width, mode, seen[-1])

    numpy.pad = pad
    try:
        yield
    finally:
        numpy.pad = own


def _is_minus_infinity(value):
    return isinstance(value, (int, float, np.number)) and np.isneginf(value)
